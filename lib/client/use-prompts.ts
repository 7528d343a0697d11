'use client'
import { useCallback, useEffect, useState } from 'react'
import { type Prompt, type SavePromptRequest, toAppError } from '#lib/protocol/index.ts'
import { promptsApi } from './prompts.ts'

export interface SavedPrompts {
  /** Null until the server has answered. */
  prompts: readonly Prompt[] | null
  problem: string | null
  /** Changes the one that is named, else saves a new one. False when it failed, which `problem` says. */
  save(prompt: SavePromptRequest, promptId: string | null): Promise<boolean>
  remove(promptId: string): Promise<boolean>
}

/** The prompts that the visitor saved: asked for each time when they are opened, another device may have changed them. */
export function usePrompts(isOpen: boolean): SavedPrompts {
  const [prompts, setPrompts] = useState<readonly Prompt[] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = useCallback(async (work: () => Promise<unknown>) => {
    setProblem(null)
    try {
      await work()
      setPrompts(await promptsApi.list())
      return true
    } catch (error) {
      setProblem(toAppError(error).message)
      return false
    }
  }, [])
  useEffect(() => {
    if (isOpen) void attempt(async () => {})
  }, [isOpen, attempt])
  return {
    prompts,
    problem,
    save: (prompt, promptId) => attempt(() => (promptId === null ? promptsApi.save(prompt) : promptsApi.update(promptId, prompt))),
    remove: (promptId) =>
      attempt(() =>
        promptsApi.remove(promptId).catch((error) => {
          // Another tab was faster.
          if (toAppError(error).code !== 'not-found') throw error
        }),
      ),
  }
}
