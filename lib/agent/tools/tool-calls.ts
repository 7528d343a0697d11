import { newId, type ToolPart } from '#lib/protocol/index.ts'
import { fingerprintOf, type Tool } from '#lib/tools/index.ts'
import type { RunEvent, RunLog } from '../run-log.ts'
import type { AskedCall } from '../step.ts'
import { expiryFrom, type NewApproval } from '../store.ts'
import { CallCounts, checkCall, type Result, refusal, type ValidCall } from './check-call.ts'
import { observeRefusal, observeToolCall } from './observed-calls.ts'
import { runTool } from './run-tool.ts'
import { judge, policyOf } from './tool-policy.ts'
import type { ToolRunner } from './tool-runner.ts'

const MOST_AT_ONCE = 8

/**
 * Records what the model asked for, then runs it: all valid calls are committed before the first is run, so that after a
 * crash it is known which may have happened; what a person must allow is asked for with them. Calls that cannot be run are
 * answered with what to mend. Those that wait for a person are left: see `awaitedApprovals`.
 */
export async function runCalls(log: RunLog, calls: readonly AskedCall[], runner: ToolRunner): Promise<void> {
  const tools = runner.tools()
  const repeats = new CallCounts(log.answer.parts)
  const valid: ValidCall[] = []
  const refused: Result[] = []
  for (const call of calls) {
    const checked = checkCall(call, tools, repeats)
    if (checked.type === 'llm:tool-call') valid.push(checked)
    else refused.push(observeRefusal(log, call, tools, checked))
  }
  const runnable: JudgedCall[] = []
  const approvals: NewApproval[] = []
  for (const call of valid) {
    const tool = tools.get(call.toolName) as Tool
    const verdict = await judge(tool, call.args, { ...runner, sessionId: log.run.sessionId })
    runner.signal.throwIfAborted()
    if (verdict === 'run') runnable.push({ callId: call.callId, tool })
    else if (verdict === 'ask') approvals.push(approvalFor(call, tool))
    else refused.push(refusal(call, REFUSALS[verdict]))
  }
  // Whoever goes on after this worker knows by it what was used.
  const [first, ...others] = valid
  const counted = first ? [{ ...first, usage: log.usage }, ...others] : []
  await commit(log, runner, [...counted, ...refused], approvals)
  await runAll(log, runnable, runner)
  await runApproved(log, runner)
}

/** A call with the tool that it was judged by: what is there under its name may be another one by the time that it runs. */
interface JudgedCall {
  callId: string
  tool: Tool
}

const REFUSALS = {
  forbidden: 'This tool may not be used here: its policy is "deny". Nothing was run.',
  refused: 'The user decided earlier that such calls are not run. Nothing was run.',
}

/**
 * Finishes the calls of a step whose worker is gone, or waited for a person: what had begun and may not be repeated is answered
 * with "unknown". Returns false when the step has none, and its model call must be made again.
 */
export async function resumeCalls(log: RunLog, runner: ToolRunner): Promise<boolean> {
  const parts = stepCalls(log)
  if (parts.length === 0) return false
  const tools = runner.tools()
  const repeated: JudgedCall[] = []
  const unknown: Result[] = []
  for (const part of parts) {
    const tool = tools.get(part.toolName)
    if (part.status === 'running' && tool?.repeatable) repeated.push({ callId: part.callId, tool })
    else if (part.status === 'running' || (part.status === 'awaiting-approval' && part.form)) unknown.push(refusal(part, UNKNOWN_OUTCOME))
  }
  if (unknown.length > 0) await log.append(...unknown)
  await runAll(log, repeated, runner)
  await runApproved(log, runner)
  return true
}

const UNKNOWN_OUTCOME = 'The server stopped while this tool ran. Whether it took effect is unknown: check before you repeat it.'

/** Approvals that the step's calls wait for. */
export function awaitedApprovals(log: RunLog): string[] {
  return stepCalls(log).flatMap((part) => (part.status === 'awaiting-approval' ? part.approvalId : []))
}

function stepCalls(log: RunLog): ToolPart[] {
  return log.answer.parts.slice(log.active.stepStart).filter((part): part is ToolPart => part.type === 'tool' && part.status !== 'pending')
}

/** Also those that are allowed while others run. */
async function runApproved(log: RunLog, runner: ToolRunner): Promise<void> {
  for (;;) {
    const approved = stepCalls(log).filter((part) => part.status === 'approved')
    if (approved.length === 0) return
    const started: JudgedCall[] = []
    const gone: RunEvent[] = []
    const changed: NewApproval[] = []
    for (const part of approved) {
      const { callId, toolName } = part
      const tool = runner.tools().get(toolName)
      if (!tool) gone.push(refusal(part, 'This tool is no longer there. Nothing was run.'))
      // It may have waited for days.
      else if ((await policyOf(tool, part.args, runner.policies)) === 'deny') gone.push(refusal(part, REFUSALS.forbidden))
      // What was allowed is not what would be run.
      else if (fingerprintOf(tool) !== part.fingerprint) changed.push(approvalFor(part, tool))
      else started.push({ callId, tool })
    }
    const begun = started.map(({ callId, tool }): RunEvent => ({ type: 'llm:tool-started', callId, toolName: tool.name }))
    await commit(log, runner, [...begun, ...gone], changed)
    await runAll(log, started, runner)
  }
}

function approvalFor({ callId, toolName, args }: Pick<ValidCall, 'callId' | 'toolName' | 'args'>, tool: Tool): NewApproval {
  return { approvalId: newId(), callId, toolName, args, fingerprint: fingerprintOf(tool), expiresAt: expiryFrom(Date.now()) }
}

async function commit(log: RunLog, { store }: ToolRunner, events: RunEvent[], approvals: NewApproval[]): Promise<void> {
  if (approvals.length === 0) {
    if (events.length > 0) await log.append(...events)
    return
  }
  await log.settle()
  await log.catchUp(await store.requestApprovals(log.run, log.own(events), approvals))
}

/** At most eight at a time; each result is committed as it comes. */
async function runAll(log: RunLog, calls: JudgedCall[], runner: ToolRunner): Promise<void> {
  const waiting = calls.values()
  const work = async () => {
    for (const { callId, tool } of waiting) {
      runner.signal.throwIfAborted()
      await log.append(await observeToolCall(log, callId, () => runTool(log, { callId, tool }, runner)))
    }
  }
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, calls.length) }, work))
}
