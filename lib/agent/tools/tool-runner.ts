import type { Tool } from '#lib/tools/index.ts'
import type { AgentStore } from '../store.ts'
import type { ToolPolicies } from './tool-policy.ts'

/** What the calls of one run need. */
export interface ToolRunner {
  /** What may be called, as it is now. */
  tools: () => ReadonlyMap<string, Tool>
  policies: ToolPolicies
  store: AgentStore
  signal: AbortSignal
  /** Lets the run's own time stand still, until what it returns is called. */
  pause: () => () => void
}
