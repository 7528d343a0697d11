import type { Prompt, SavePromptRequest, UpdatePromptRequest } from '#lib/protocol/index.ts'
import { call } from './api.ts'
import { shapeOf } from './shape.ts'

/** The prompts that the visitor saved. Beside `api`: the page asks only once they are wanted. */
export const promptsApi = {
  list: async (): Promise<Prompt[]> => readPrompts(await call('GET', '/api/prompts')),
  /** `conflict`: there are as many as there may be. */
  save: (prompt: SavePromptRequest) => call<Prompt>('POST', '/api/prompts', prompt),
  update: (promptId: string, update: UpdatePromptRequest) => call<Prompt>('PATCH', `/api/prompts/${promptId}`, update),
  remove: (promptId: string) => call<void>('DELETE', `/api/prompts/${promptId}`),
}

/** What cannot be read is left out. */
export function readPrompts(answer: unknown): Prompt[] {
  const prompts = shapeOf(answer)?.prompts
  return Array.isArray(prompts) ? prompts.flatMap((one) => readPrompt(one) ?? []) : []
}

function readPrompt(value: unknown): Prompt | undefined {
  const { id, name, text } = shapeOf(value) ?? {}
  return typeof id === 'string' && typeof name === 'string' && typeof text === 'string' ? { id, name, text } : undefined
}

/** Those whose name has what is looked for in it; those that begin with it first. */
export function matching(prompts: readonly Prompt[], filter: string): Prompt[] {
  const wanted = filter.trim().toLowerCase()
  const place = ({ name }: Prompt) => name.toLowerCase().indexOf(wanted)
  return prompts.filter((prompt) => place(prompt) >= 0).sort((one, other) => Math.sign(place(one)) - Math.sign(place(other)))
}
