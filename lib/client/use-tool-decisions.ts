'use client'
import { api } from './api.ts'
import type { ToolDecision } from './tool-decision.ts'
import { removeOne, useChangedList } from './use-changed-list.ts'

export interface ToolDecisions {
  /** Newest first; empty until the first answer. */
  decisions: readonly ToolDecision[]
  problem: string | null
  /** The tool is asked about again. */
  forget(decisionId: string): Promise<unknown>
}

const NONE: readonly ToolDecision[] = []

/** What the user decided about tools for longer than one call: asked for when it is first looked at. */
export function useToolDecisions(): ToolDecisions {
  const { list, problem, change } = useChangedList(api.toolDecisions, true)
  return { decisions: list ?? NONE, problem, forget: (decisionId) => change(() => removeOne(decisionId, api.forgetDecision)) }
}
