'use client'
import { useCallback, useEffect, useState } from 'react'
import { toAppError } from '#lib/protocol/index.ts'
import { api } from './api.ts'
import type { ToolDecision } from './tool-decision.ts'

export interface ToolDecisions {
  /** Newest first; empty until the first answer. */
  decisions: ToolDecision[]
  problem: string | null
  /** The tool is asked about again. */
  forget(decisionId: string): Promise<void>
}

/** What the user decided about tools for longer than one call: asked for when it is first looked at. */
export function useToolDecisions(): ToolDecisions {
  const [decisions, setDecisions] = useState<ToolDecision[]>([])
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = useCallback(async (work: () => Promise<void>) => {
    setProblem(null)
    try {
      await work()
      setDecisions(await api.toolDecisions())
    } catch (error) {
      setProblem(toAppError(error).message)
    }
  }, [])
  useEffect(() => void attempt(async () => {}), [attempt])
  return {
    decisions,
    problem,
    forget: (decisionId) =>
      attempt(async () => {
        await api.forgetDecision(decisionId).catch((error) => {
          // Another tab was faster.
          if (toAppError(error).code !== 'not-found') throw error
        })
      }),
  }
}
