import { branchedAt, withoutMessages } from './branches.ts'
import type { EventOf, RillEvent } from './events.ts'
import type { AssistantMessage, Message, Part, QueuedMessage, ToolPart, ToolProgress, UserMessage } from './messages.ts'
import { NO_USAGE, textOf } from './parts.ts'
import type { ActiveRun, SessionState } from './state.ts'

/**
 * Folds one event into the state of its session. Pure; shared by server and browser. An event at or below the
 * cursor is ignored (a duplicate changes nothing). The cost does not depend on how much was said before:
 * the answer being written stands apart from the settled messages, and text grows by concatenation.
 */
export function reduce(state: SessionState, event: RillEvent): SessionState {
  if (event.seq <= state.cursor) return state
  return { ...apply(state, event), cursor: event.seq }
}

/** Folds events in order. */
export function reduceAll(state: SessionState, events: Iterable<RillEvent>): SessionState {
  let next = state
  for (const event of events) next = reduce(next, event)
  return next
}

function apply(state: SessionState, event: RillEvent): SessionState {
  switch (event.type) {
    case 'session:created':
      return { ...state, session: { ...state.session, title: event.title, createdAt: event.at, updatedAt: event.at } }
    case 'session:title-updated':
      return { ...state, session: { ...state.session, title: event.title, updatedAt: event.at } }
    case 'session:settings-updated': {
      const { model, reasoningEffort } = event
      const settings = { ...(model !== undefined && { model }), ...(reasoningEffort !== undefined && { reasoningEffort }) }
      return { ...state, session: { ...state.session, ...settings } }
    }
    case 'session:queue-reordered':
      return { ...state, queue: inOrder(state.queue, event.messageIds) }
    case 'session:branch-selected':
    case 'message:restored':
      // The log does not say what stands there: see `needsSnapshot`.
      return state
    case 'session:deleted':
      return { ...state, deleted: true }
    case 'session:restored':
      return { ...state, deleted: false }
    case 'message:created':
      return messageCreated(state, event)
    case 'message:queued':
      return messageQueued(state, event)
    case 'message:dequeued':
      return messageDequeued(state, event)
    case 'message:updated':
      return { ...state, queue: state.queue.map((message) => (message.id === event.messageId ? updated(message, event) : message)) }
    case 'message:removed':
      return { ...state, queue: state.queue.filter((message) => message.id !== event.messageId) }
    case 'message:deleted':
      return { ...state, ...withoutMessages(state, event.messageIds) }
    case 'message:rated':
      return { ...state, messages: state.messages.map((message) => (message.id === event.messageId ? rated(message, event) : message)) }
    case 'run:created':
      return { ...state, ...branchedAt(state, event.messageId, event.answerId), activeRun: pendingRun(event.runId, event.at) }
    case 'run:started':
      return runStarted(state, event)
    case 'run:complete':
      return runComplete(state, event)
    default:
      return state.activeRun?.id === event.runId ? { ...state, activeRun: { ...inRun(state.activeRun, event), workedAt: event.at } } : state
  }
}

function messageCreated(state: SessionState, event: EventOf<'message:created'>): SessionState {
  const session = { ...state.session, updatedAt: event.at }
  if (event.message.role === 'user' && state.activeRun)
    return { ...state, session, queue: [...state.queue, { ...event.message, mode: 'follow-up' }] }
  const { messages, ...branch } = branchedAt(state, event.message.parentId, event.message.id)
  return { ...state, ...branch, session, messages: [...messages, event.message], activeRun: pendingRun(event.runId, event.at) }
}

function rated(message: Message, { rating }: EventOf<'message:rated'>): Message {
  if (message.role !== 'assistant') return message
  const { rating: _, ...rest } = message
  return rating === null ? rest : { ...rest, rating }
}

/** It may wait for a run that the log does not show yet: one that answers a message again. */
function messageQueued(state: SessionState, event: EventOf<'message:queued'>): SessionState {
  const { messageId, mode } = event
  if (state.queue.some(({ id }) => id === messageId)) {
    return { ...state, queue: state.queue.map((message) => (message.id === messageId ? { ...message, mode } : message)) }
  }
  const message = state.messages.find((one): one is UserMessage => one.id === messageId && one.role === 'user')
  if (!message) return state
  return {
    ...state,
    messages: state.messages.filter((one) => one !== message),
    queue: [...state.queue, { ...message, mode }],
    activeRun: state.activeRun?.id === event.runId ? null : state.activeRun,
  }
}

/** What waited is said now: after the answer that it waited for, or in the middle of it. */
function messageDequeued(state: SessionState, event: EventOf<'message:dequeued'>): SessionState {
  const found = state.queue.find((queued) => queued.id === event.messageId)
  const queue = state.queue.filter((queued) => queued !== found)
  if (event.mode === 'steer') return { ...state, queue, activeRun: steered(state.activeRun, event) }
  if (!found) return state
  const { mode: _, ...message } = found
  return {
    ...state,
    queue,
    messages: [...state.messages, { ...message, parentId: state.messages.at(-1)?.id ?? null }],
    activeRun: pendingRun(event.runId, event.at),
  }
}

function steered(run: ActiveRun | null, { runId, message, at }: EventOf<'message:dequeued'>): ActiveRun | null {
  if (run?.id !== runId || !run.answer || !message) return run
  const parts = [
    ...closeReasoning(run.answer.parts, at),
    { type: 'steer' as const, messageId: message.id, text: textOf(message.parts), at },
  ]
  // No step that is made again takes it back.
  return { ...run, stepStart: parts.length, answer: { ...run.answer, parts } }
}

function updated(message: QueuedMessage, { text, mode }: EventOf<'message:updated'>): QueuedMessage {
  return { ...message, ...(mode !== undefined && { mode }), ...(text !== undefined && { parts: [{ type: 'text', text }] }) }
}

/** What the order does not name stays behind it: it came meanwhile. */
function inOrder(queue: QueuedMessage[], messageIds: string[]): QueuedMessage[] {
  const named = messageIds.flatMap((id) => queue.find((message) => message.id === id) ?? [])
  return [...named, ...queue.filter((message) => !named.includes(message))]
}

/** A run that no worker has taken yet. */
export function pendingRun(id: string, at: string): ActiveRun {
  return { id, phase: 'pending', epoch: 0, startedAt: at, answer: null, step: 0, stepStart: 0, usage: NO_USAGE }
}

function runStarted(state: SessionState, event: EventOf<'run:started'>): SessionState {
  const current = state.activeRun?.id === event.runId ? state.activeRun : pendingRun(event.runId, event.at)
  const answer = current.answer ? goneOn(current, current.answer) : newAnswer(event)
  const worked = { workedMs: workedOn(current), workingSince: event.at, workedAt: event.at }
  const activeRun: ActiveRun = { ...withoutRetry(current), phase: 'thinking', epoch: event.epoch, answer, ...worked }
  return { ...state, ...branchedAt(state, event.parentId, event.messageId), activeRun }
}

/** What passed between two workers is no work. */
function workedOn({ workedMs = 0, workingSince, workedAt }: ActiveRun): number {
  if (workingSince === undefined || workedAt === undefined) return workedMs
  return workedMs + Math.max(0, Date.parse(workedAt) - Date.parse(workingSince))
}

/** A joint shows where a worker was lost; a run that waited has lost none. */
function goneOn({ phase }: ActiveRun, answer: AssistantMessage): AssistantMessage {
  return phase === 'waiting' ? answer : { ...answer, joints: [...answer.joints, answer.parts.length] }
}

function newAnswer(event: EventOf<'run:started'>): AssistantMessage {
  const { messageId: id, parentId, runId, provider, model, at } = event
  return { id, role: 'assistant', parentId, createdAt: at, parts: [], runId, provider, model, joints: [] }
}

function runComplete(state: SessionState, event: EventOf<'run:complete'>): SessionState {
  const run = state.activeRun
  if (run?.id !== event.runId) return state
  const session = { ...state.session, updatedAt: event.at }
  if (!run.answer) return { ...state, session, activeRun: null }
  const { finishReason, durationMs } = event
  const answer = { ...run.answer, parts: settle(run.answer.parts, event.at), finishReason, durationMs }
  return { ...state, session, messages: [...state.messages, answer], activeRun: null }
}

/** What a run that has ended leaves behind: no part is still under way. */
function settle(parts: Part[], at: string): Part[] {
  return closeReasoning(parts, at).map((part) => (part.type === 'tool' ? settledTool(part, at) : part))
}

function settledTool(part: ToolPart, at: string): ToolPart {
  const base = baseOf(part)
  switch (part.status) {
    case 'pending':
      return { ...base, status: 'failed', args: part.argsText, error: 'The call was never completed.', durationMs: 0 }
    case 'running':
      return { ...base, ...cutShort(part, part.startedAt, at) }
    case 'awaiting-approval':
      if (part.startedAt !== undefined) return { ...base, ...cutShort(part, part.startedAt, at) }
      return { ...base, status: 'denied', args: part.args, reason: 'The run ended.' }
    case 'approved':
      return { ...base, status: 'denied', args: part.args, reason: 'The run ended before it began.' }
    default:
      return part
  }
}

function cutShort(part: Extract<ToolPart, { status: 'running' | 'awaiting-approval' }>, startedAt: string, at: string) {
  const { args } = part
  const durationMs = Math.max(0, Date.parse(at) - Date.parse(startedAt))
  return { status: 'failed' as const, args, error: 'The run ended before the tool did.', durationMs, ...progressOf(part) }
}

type InRunEvent = Exclude<RillEvent, { type: `session:${string}` | `message:${string}` | 'run:created' | 'run:started' | 'run:complete' }>

function inRun(run: ActiveRun, event: InRunEvent): ActiveRun {
  const { answer } = run
  if (!answer) return run
  const withParts = (parts: Part[], phase: ActiveRun['phase']): ActiveRun => ({ ...withoutRetry(run), phase, answer: { ...answer, parts } })
  // Of a run that waits, what comes is a decision and what follows from it: it has no worker yet that could be lost.
  const phaseAfter = run.phase === 'waiting' ? 'waiting' : 'calling'
  switch (event.type) {
    case 'llm:thinking':
      return thinking(run, answer, event)
    case 'llm:chunk':
      return withParts(appendText(answer.parts, run.stepStart, event), 'writing')
    case 'llm:tool-call-partial':
      return withParts(appendArgs(closeReasoning(answer.parts, event.at), event), 'writing')
    case 'llm:tool-call': {
      const { callId, toolName, args, metadata, at: startedAt } = event
      const call: ToolPart = { type: 'tool', callId, toolName, status: 'running', args, startedAt, ...(metadata && { metadata }) }
      const next = withParts(putTool(closeReasoning(answer.parts, event.at), call), 'calling')
      return event.usage ? { ...next, usage: event.usage } : next
    }
    case 'run:waiting': {
      const { workingSince: _, ...waiting } = withoutRetry(run)
      return { ...waiting, phase: 'waiting', workedMs: workedOn({ ...run, workedAt: event.at }) }
    }
    case 'approval:request':
      return withParts(
        changeTool(answer.parts, event.callId, (tool) => asked(tool, event)),
        'calling',
      )
    case 'approval:response':
      return withParts(
        answer.parts.map((part) =>
          part.type === 'tool' && part.status === 'awaiting-approval' && part.approvalId === event.approvalId ? decided(part, event) : part,
        ),
        phaseAfter,
      )
    case 'llm:tool-started':
      return withParts(
        changeTool(answer.parts, event.callId, (tool) => begun(tool, event.at)),
        'calling',
      )
    case 'llm:tool-progress':
      return withParts(
        changeTool(answer.parts, event.callId, (tool) => progressed(tool, event)),
        'calling',
      )
    case 'llm:tool-result':
      return withParts(putTool(answer.parts, finished(findTool(answer.parts, event.callId) ?? unknownCall(event), event)), phaseAfter)
    case 'context:compacted': {
      const { cutBefore, cutResults, summary, keepFrom, tokensBefore, tokensAfter, at } = event
      const marker = { type: 'compacted' as const, at, cutResults, tokensBefore, tokensAfter }
      const parts = [
        ...closeReasoning(answer.parts, at),
        { ...marker, ...(cutBefore && { cutBefore }), ...(summary !== undefined && { summary }), ...(keepFrom && { keepFrom }) },
      ]
      return { ...run, stepStart: parts.length, answer: { ...answer, parts } }
    }
    case 'llm:retrying':
      return retrying(run, answer, event)
    case 'llm:response': {
      const { usage, provider, model, limit, contextTokens, contextLimit, cost } = event
      const known = {
        ...(limit && { limit }),
        ...(contextTokens !== undefined && { contextTokens }),
        ...(contextLimit !== undefined && { contextLimit }),
        ...(cost !== undefined && { cost }),
      }
      return { ...run, answer: { ...answer, usage, provider, model, ...known } }
    }
    case 'llm:error': {
      const { code, message, recoverable, usage, cost } = event
      const known = { ...(usage && { usage }), ...(cost !== undefined && { cost }) }
      return { ...run, answer: { ...answer, error: { code, message, recoverable }, ...known } }
    }
    default:
      return event satisfies never
  }
}

/** The same step again (after a failure or a takeover) keeps its beginning, so that a discard finds it. */
function thinking(run: ActiveRun, answer: AssistantMessage, event: EventOf<'llm:thinking'>): ActiveRun {
  const base: ActiveRun = { ...withoutRetry(run), phase: 'thinking', usage: event.usage }
  if (event.step === run.step) return base
  const parts = closeReasoning(answer.parts, event.at)
  return { ...base, step: event.step, stepStart: parts.length, answer: { ...answer, parts } }
}

function withoutRetry(run: ActiveRun): ActiveRun {
  const { retry: _, ...rest } = run
  return rest
}

function retrying(run: ActiveRun, answer: AssistantMessage, event: EventOf<'llm:retrying'>): ActiveRun {
  const { attempt, maxAttempts, waitMs } = event
  const retry = { attempt, maxAttempts, waitMs, at: new Date(Date.parse(event.at) + waitMs).toISOString(), message: event.error.message }
  if (!event.discard) return { ...run, phase: 'retrying', retry }
  const parts = answer.parts.slice(0, run.stepStart)
  const joints = answer.joints.map((joint) => Math.min(joint, parts.length))
  return { ...run, phase: 'retrying', retry, answer: { ...answer, parts, joints } }
}

/** Appends to the part under way, or begins one. A step never writes into an earlier step's parts, and metadata ends its part. */
function appendText(parts: Part[], stepStart: number, event: EventOf<'llm:chunk'>): Part[] {
  const last = parts.length > stepStart ? parts.at(-1) : undefined
  const metadata = event.metadata && { metadata: event.metadata }
  if (last?.type === event.chunkType && !last.metadata) return replaceLast(parts, { ...last, text: last.text + event.content, ...metadata })
  if (event.chunkType === 'text') return [...closeReasoning(parts, event.at), { type: 'text', text: event.content, ...metadata }]
  return [...closeReasoning(parts, event.at), { type: 'reasoning', text: event.content, startedAt: event.at, ...metadata }]
}

function closeReasoning(parts: Part[], at: string): Part[] {
  const last = parts.at(-1)
  return last?.type === 'reasoning' && last.endedAt === undefined ? replaceLast(parts, { ...last, endedAt: at }) : parts
}

function replaceLast(parts: Part[], part: Part): Part[] {
  const next = parts.slice()
  next[next.length - 1] = part
  return next
}

function appendArgs(parts: Part[], event: EventOf<'llm:tool-call-partial'>): Part[] {
  const { callId, toolName, argsDelta } = event
  const current = findTool(parts, callId)
  const argsText = (current?.status === 'pending' ? current.argsText : '') + argsDelta
  return putTool(parts, { type: 'tool', callId, toolName, status: 'pending', argsText })
}

function putTool(parts: Part[], tool: ToolPart): Part[] {
  const index = parts.findLastIndex((part) => part.type === 'tool' && part.callId === tool.callId)
  if (index < 0) return [...parts, tool]
  const next = parts.slice()
  next[index] = tool
  return next
}

function changeTool(parts: Part[], callId: string, change: (tool: ToolPart) => ToolPart): Part[] {
  const tool = findTool(parts, callId)
  return tool ? putTool(parts, change(tool)) : parts
}

function findTool(parts: Part[], callId: string): ToolPart | undefined {
  return parts.findLast((part): part is ToolPart => part.type === 'tool' && part.callId === callId)
}

function baseOf(tool: ToolPart) {
  const { type, callId, toolName, metadata } = tool
  return { type, callId, toolName, ...(metadata && { metadata }) }
}

function argsOf(tool: ToolPart) {
  return tool.status === 'pending' ? tool.argsText : tool.args
}

function progressOf(tool: ToolPart): { progress?: ToolProgress } {
  return 'progress' in tool && tool.progress ? { progress: tool.progress } : {}
}

/** A tool that is running already asks for something. */
function asked(tool: ToolPart, event: EventOf<'approval:request'>): ToolPart {
  const { args, approvalId, expiresAt, fingerprint, form } = event
  return {
    ...baseOf(tool),
    status: 'awaiting-approval',
    args,
    approvalId,
    expiresAt,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(form && { form }),
    ...(form && tool.status === 'running' && { startedAt: tool.startedAt }),
    ...progressOf(tool),
  }
}

function decided(tool: Extract<ToolPart, { status: 'awaiting-approval' }>, event: EventOf<'approval:response'>): ToolPart {
  const { args, approvalId, fingerprint, startedAt } = tool
  // The tool itself is told what was answered.
  if (tool.form) return { ...baseOf(tool), status: 'running', args, startedAt: startedAt ?? event.at, ...progressOf(tool) }
  if (event.approved) return { ...baseOf(tool), status: 'approved', args, approvalId, ...(fingerprint !== undefined && { fingerprint }) }
  return { ...baseOf(tool), status: 'denied', args, ...(event.reason !== undefined && { reason: event.reason }) }
}

function begun(tool: ToolPart, startedAt: string): ToolPart {
  return tool.status === 'approved' ? { ...baseOf(tool), status: 'running', args: tool.args, startedAt } : tool
}

function progressed(tool: ToolPart, { text = '', done, total }: EventOf<'llm:tool-progress'>): ToolPart {
  if (tool.status !== 'running') return tool
  const before = tool.progress ?? { text: '' }
  const progress = { ...before, text: before.text + text, ...(done !== undefined && { done }), ...(total !== undefined && { total }) }
  return { ...tool, progress }
}

/** A call whose arguments were never valid has a result only. */
function unknownCall({ callId, toolName }: EventOf<'llm:tool-result'>): ToolPart {
  return { type: 'tool', callId, toolName, status: 'pending', argsText: '' }
}

function finished(tool: ToolPart, event: EventOf<'llm:tool-result'>): ToolPart {
  if (tool.status === 'denied') return tool
  const { durationMs } = event
  const base = { ...baseOf(tool), args: argsOf(tool), durationMs, ...progressOf(tool) }
  if (event.success) return { ...base, status: 'completed', result: event.result ?? null }
  return { ...base, status: 'failed', error: event.error ?? 'The tool failed.' }
}
