import * as z from 'zod/mini'
import { reasoningEffort } from '#lib/protocol/index.ts'
import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:model'

/** What its user chose for a session: "provider/model", and how much it thinks. Null is the server's choice. */
export const modelSettings = z.object({ model: z.nullable(z.string()), reasoningEffort: z.nullable(reasoningEffort) })
export type ModelSettings = z.infer<typeof modelSettings>

export const NO_SETTINGS: ModelSettings = { model: null, reasoningEffort: null }

/** What was chosen last for a session that was not there yet. */
export function readModelSettings(): ModelSettings {
  try {
    return modelSettings.parse(JSON.parse(readStored(KEY) ?? 'null'))
  } catch {
    // Nothing was chosen, or it was written by another version of the page.
    return NO_SETTINGS
  }
}

export function writeModelSettings(settings: ModelSettings): void {
  writeStored(KEY, JSON.stringify(settings))
}

/** What a session is to be made with: only what was really chosen. */
export function chosenIn({ model, reasoningEffort }: ModelSettings): Partial<ModelSettings> {
  return { ...(model && { model }), ...(reasoningEffort && { reasoningEffort }) }
}
