import type { JsonValue } from '#lib/protocol/index.ts'
import { fingerprintOf, type Tool, type ToolPolicy } from '#lib/tools/index.ts'
import type { AgentStore } from '../store.ts'

const LONGEST_DECISION_MS = 10_000

/** Policies by tool name; `*` is for tools that have none of their own. */
export type ToolPolicies = Readonly<Record<string, ToolPolicy>>

/** `refused`: the user said no to such calls earlier, for longer than one. */
export type Verdict = 'run' | 'ask' | 'forbidden' | 'refused'

/** Whether a call is run, by the policy and by what its user decided earlier. A tool that changed since is asked about again. */
export async function judge(
  tool: Tool,
  args: JsonValue,
  { policies, store, sessionId }: { policies: ToolPolicies; store: Pick<AgentStore, 'recall'>; sessionId: string },
): Promise<Verdict> {
  const policy = await policyOf(tool, args, policies)
  if (policy === 'always-allow') return 'run'
  if (policy === 'deny') return 'forbidden'
  const remembered = await store.recall(sessionId, tool.name, fingerprintOf(tool))
  if (remembered === null) return 'ask'
  return remembered ? 'run' : 'refused'
}

/** What holds for a call before anybody is asked. */
export async function policyOf(tool: Tool, args: JsonValue, policies: ToolPolicies): Promise<ToolPolicy> {
  const given = Object.hasOwn(policies, tool.name) ? policies[tool.name] : undefined
  if (given !== undefined) return given
  // Who forbids what he does not name forbids it whatever a tool, or its MCP server, says of itself.
  if (policies['*'] === 'deny') return 'deny'
  if (tool.policy === undefined) return policies['*'] ?? 'always-allow'
  if (typeof tool.policy === 'string') return tool.policy
  // Who cannot say that it is harmless, or not in time, does not run unasked.
  const { promise: late, resolve } = Promise.withResolvers<ToolPolicy>()
  const timer = setTimeout(resolve, LONGEST_DECISION_MS, 'ask')
  try {
    return await Promise.race([late, tool.policy(tool.parse(args))])
  } catch {
    return 'ask'
  } finally {
    clearTimeout(timer)
  }
}
