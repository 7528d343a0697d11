import { REASONING_EFFORTS, type ReasoningEffort } from '#lib/protocol/index.ts'
import { oneOf, parseShape, shapeOf } from './shape.ts'
import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:model'

/** What its user chose for a session: "provider/model", and how much it thinks. Null is the server's choice. */
export interface ModelSettings {
  model: string | null
  reasoningEffort: ReasoningEffort | null
}

export const NO_SETTINGS: ModelSettings = { model: null, reasoningEffort: null }

/** What was chosen last for a session that was not there yet. */
export function readModelSettings(): ModelSettings {
  return settingsOf(parseShape(readStored(KEY)))
}

/** What was kept of them; for what cannot be read, the server's choice. */
export function settingsOf(kept: unknown): ModelSettings {
  const { model, reasoningEffort } = shapeOf(kept) ?? {}
  return {
    model: typeof model === 'string' ? model : null,
    reasoningEffort: oneOf(REASONING_EFFORTS, reasoningEffort) ?? null,
  }
}

export function writeModelSettings(settings: ModelSettings): void {
  writeStored(KEY, JSON.stringify(settings))
}

/** What a session is to be made with: only what was really chosen. */
export function chosenIn({ model, reasoningEffort }: ModelSettings): Partial<ModelSettings> {
  return { ...(model && { model }), ...(reasoningEffort && { reasoningEffort }) }
}
