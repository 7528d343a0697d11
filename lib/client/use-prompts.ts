'use client'
import type { Prompt, SavePromptRequest } from '#lib/protocol/index.ts'
import { promptsApi } from './prompts.ts'
import { removeOne, useChangedList } from './use-changed-list.ts'

export interface SavedPrompts {
  /** Null until the server has answered. */
  prompts: readonly Prompt[] | null
  problem: string | null
  /** Changes the one that is named, else saves a new one. False when it failed, which `problem` says. */
  save(prompt: SavePromptRequest, promptId: string | null): Promise<boolean>
  remove(promptId: string): Promise<boolean>
}

/** The prompts that the visitor saved. */
export function usePrompts(isOpen: boolean): SavedPrompts {
  const { list, problem, change } = useChangedList(promptsApi.list, isOpen)
  return {
    prompts: list,
    problem,
    save: (prompt, promptId) =>
      change(async () => {
        const saved = await (promptId === null ? promptsApi.save(prompt) : promptsApi.update(promptId, prompt))
        return (prompts) => [...prompts.filter(({ id }) => id !== saved.id), saved]
      }),
    remove: (promptId) => change(() => removeOne(promptId, promptsApi.remove)),
  }
}
