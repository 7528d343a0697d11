import type { EventLog } from '#lib/log/index.ts'
import {
  AppError,
  type ApprovalForm,
  type AssistantMessage,
  emptyState,
  type JsonValue,
  type Message,
  type NewEvent,
  NO_USAGE,
  type Part,
  pendingRun,
  type QueueMode,
  type Rating,
  type Remember,
  type SessionInfo,
  type SessionState,
  type UserMessage,
} from '#lib/protocol/index.ts'
import { objectCheck, type SearchConversations, type ToolFile } from '#lib/tools/index.ts'

export interface Accepted {
  messageId: string
  runId: string
  /** Events of the run come after it. */
  cursor: number
  /** False when the same message had been accepted before: nothing was done again. */
  isNew: boolean
  /** True when the run may begin now; false when it waits for another of the session. */
  isRunnable: boolean
}

/** A run that this worker has, and what it needs to go on. */
export interface ClaimedRun {
  id: string
  sessionId: string
  /** 1 for the first worker; more after takeovers. */
  epoch: number
  answerId: string
  /** The user message that is answered. */
  messageId: string
  isCancelled: boolean
  startedAt: string
  /** The conversation before the answer, oldest first. */
  history: Message[]
  /** The session's state as far as this run goes: `activeRun.answer` holds what earlier workers wrote. */
  state: SessionState
}

export interface AcceptMessage {
  sessionId: string
  messageId: string
  text: string
  /** What becomes of it when a run is active. Default: it is answered after that. */
  mode?: QueueMode
  /** The user message in whose place it is said, on a branch of its own. */
  replaces?: string
}

export interface Regenerate {
  sessionId: string
  /** An answer, or the user message that is answered. Default: the last one of the branch that is shown. */
  messageId?: string
  /** "provider/model": who answers, this once. */
  model?: string
}

/** What a person is asked about a call. */
export interface NewApproval {
  approvalId: string
  callId: string
  toolName: string
  args: JsonValue
  expiresAt: string
  /** What the tool says of itself; without it, the decision is not remembered. */
  fingerprint?: string
  form?: ApprovalForm
}

export interface Decision {
  approved: boolean
  reason?: string
  /** Default: this call only. */
  remember?: Remember
  /** What was filled in, when there is a form. */
  content?: JsonValue
  /** Who decided. */
  by: string
}

export interface Decided {
  runId: string
  /** True when the run may go on now. */
  isRunnable: boolean
  /** The decision came too late: what stands is a refusal. */
  isExpired: boolean
}

export interface StoredFile extends ToolFile {
  sessionId: string
}

export interface CreateSession extends SessionSettings {
  /** Default: a new one. Of a session that the owner has, it is that session, as it is. */
  id?: string | undefined
  title?: string | null | undefined
  /** Whose it is; the store says what is allowed. */
  ownerId?: string
}

/** What is left out stays as it is; null is the agent's choice. */
export type SessionSettings = Pick<SessionInfo, 'model' | 'reasoningEffort'>

/** Which model answers, or would. */
export interface ModelName {
  provider: string
  model: string
}

/** Decides who answers: what was chosen for the session, and who began the answer when another worker goes on with it. */
export type ModelChoice = (session: SessionInfo, before: ModelName | null) => ModelName

/** Where an agent keeps sessions, messages and runs beside the log. Every change is one transaction with its events. */
export interface AgentStore {
  readonly log: EventLog
  /** Throws `conflict` when the id is taken by another owner's session, or by a deleted one. */
  createSession(input: CreateSession): Promise<SessionInfo>
  getSession(sessionId: string): Promise<SessionInfo | null>
  listSessions(): Promise<SessionInfo[]>
  deleteSession(sessionId: string): Promise<boolean>
  /** With `onlyUntitled`, a title that a person gave stays. */
  renameSession(sessionId: string, title: string, options?: { onlyUntitled: boolean }): Promise<SessionInfo | null>
  updateSettings(sessionId: string, settings: SessionSettings): Promise<SessionInfo | null>
  /**
   * Idempotent by `messageId`. Throws `session-not-found`; `conflict` when the id belongs to another session. With `replaces`, throws
   * `not-found` when there is no such user message, and `conflict` while a run is active.
   */
  acceptMessage(input: AcceptMessage): Promise<Accepted>
  /**
   * A new run for a message that was said before; what follows it is another branch from then on. Throws `not-found`; `conflict`
   * while a run is active, or when nothing was said.
   */
  regenerate(input: Regenerate): Promise<Accepted>
  /**
   * Shows the newest branch that goes through a message, with `session:branch-selected` when it is another. Throws `not-found`;
   * `conflict` while a run is active.
   */
  selectBranch(sessionId: string, messageId: string): Promise<void>
  /**
   * Deletes a user message with all answers to it, whichever of them is named; what follows them stays. Returns their ids. Throws
   * `not-found`; `conflict` while it is answered, or waits.
   */
  deletePair(sessionId: string, messageId: string): Promise<string[]>
  /** Brings back what was deleted not too long ago, and shows the branch that it stands on. Throws `not-found`. */
  restoreMessages(sessionId: string, messageIds: string[]): Promise<void>
  /** Of an answer that is complete. Throws `not-found`. */
  rate(sessionId: string, messageId: string, rating: Rating | null): Promise<void>
  /** Removes for good some of what was deleted so long ago; default: `UNDO_MS`. Returns how many messages. */
  purgeDeleted(olderThanMs?: number): Promise<number>
  /** Takes a run that nobody else may now write, with `run:started`. Null when it is over or not its turn. */
  claimRun(runId: string, by: ModelName | ModelChoice): Promise<ClaimedRun | null>
  /**
   * Ends a run: the events, the answer folded from them, and the next queued run made runnable, all at once. Returns the
   * run that may begin now. Throws `run-fenced` when another worker has the run.
   */
  finishRun(run: ClaimedRun, state: SessionState, events: NewEvent[]): Promise<{ next: string | null }>
  /**
   * Notes that a run shall stop; its worker, or whoever takes it over, ends it. One that waits for its turn is ended here, and
   * its message removed; one that waits for a person may begin now, to be ended.
   */
  requestCancel(runId: string, by: ModelName): Promise<'over' | 'noted' | 'runnable'>
  /** The run of a session that is pending, running, or waits for a person. */
  activeRunId(sessionId: string): Promise<string | null>

  /** Gives the run what was said to it meanwhile, with `message:dequeued`. Returns the log's last seq. Throws `run-fenced`. */
  takeSteering(run: ClaimedRun): Promise<number>
  /** Changes a message that waits. Throws `not-found`; `conflict` when its turn has come. */
  updateQueued(sessionId: string, messageId: string, update: { text?: string; mode?: QueueMode }): Promise<void>
  /** Removes a message that waits. Throws `not-found`; `conflict` when its turn has come. */
  removeQueued(sessionId: string, messageId: string, by: ModelName): Promise<void>
  /** What is not named stays behind what is; what does not wait is passed over. */
  reorderQueue(sessionId: string, messageIds: string[]): Promise<void>

  /**
   * Commits the run's events with the requests, one `approval:request` for each behind them. Returns the log's last seq. Throws
   * `run-fenced`.
   */
  requestApprovals(run: ClaimedRun, events: NewEvent[], approvals: NewApproval[]): Promise<number>
  /**
   * Lets go of a run that has nothing to do but wait for these approvals: no worker has it, and no job. When one of them is
   * decided by now, the run may begin again at once. Throws `run-fenced`.
   */
  parkRun(run: ClaimedRun, approvalIds: string[]): Promise<{ isRunnable: boolean }>
  /** The first decision stands. Throws `not-found`; `conflict` when there is one, or the run is over; `invalid-request` for content that its form does not ask for. */
  decide(approvalId: string, decision: Decision): Promise<Decided>
  /** What was asked needs no decision any more: one that comes is a `conflict`. */
  withdrawApproval(approvalId: string): Promise<void>
  /** What the session's user decided on such a tool, for this session or for all; null when nothing holds. */
  recall(sessionId: string, toolName: string, fingerprint: string): Promise<boolean | null>
  /** Approvals that nobody decided in time, a page of them. */
  expiredApprovals(): Promise<string[]>

  /** Returns the file's id. Throws `payload-too-large`. */
  saveFile(sessionId: string, file: ToolFile): Promise<string>
  getFile(id: string): Promise<StoredFile | null>
  /** Messages in the conversations of this session's owner that have all words of the query, newest first. */
  searchMessages: SearchConversations
  /** The folded state of a session with the newest messages; null when there is none. */
  snapshot(sessionId: string): Promise<SessionState | null>
  close(): Promise<void>
}

/** What was really chosen: absent and null are the agent's choice. */
export function chosenIn({ model, reasoningEffort }: SessionSettings): SessionSettings {
  return { ...(model && { model }), ...(reasoningEffort && { reasoningEffort }) }
}

export function settingsEvents(settings: SessionSettings): NewEvent[] {
  return Object.keys(settings).length > 0 ? [{ type: 'session:settings-updated', ...settings }] : []
}

/** Who has begun the answer of the run that is active; null before anyone has. */
export function answeredBy({ activeRun }: SessionState): ModelName | null {
  const answer = activeRun?.answer
  return answer ? { provider: answer.provider, model: answer.model } : null
}

/** The answer that ending a run leaves behind. */
export function settledAnswer(state: SessionState): AssistantMessage | undefined {
  const last = state.messages.at(-1)
  return last?.role === 'assistant' ? last : undefined
}

/** The state of a session as far as one of its runs goes, before that run's first event. */
export function pendingState(session: SessionInfo, run: { id: string; position: number; createdAt: string }): SessionState {
  return { ...emptyState(session), activeRun: pendingRun(run.id, run.createdAt), cursor: run.position }
}

/** The end of a run that never began: its message is not said. */
export function removedEvents(
  run: { id: string; answerId: string; messageId: string; createdAt: string },
  by: ModelName,
  at: string,
): NewEvent[] {
  const { id: runId, answerId: messageId } = run
  const finishReason = 'cancelled'
  return [
    { type: 'message:removed', runId, messageId: run.messageId },
    { type: 'llm:response', runId, content: '', usage: NO_USAGE, messageId, ...by, finishReason },
    { type: 'run:complete', runId, finishReason, stepCount: 0, durationMs: Math.max(0, Date.parse(at) - Date.parse(run.createdAt)) },
  ]
}

/** The end of a run that only carried words to another: they are said. */
export function steeredEvents(
  to: ClaimedRun,
  { id, createdAt, message }: { id: string; createdAt: string; message: UserMessage },
  at: string,
): NewEvent[] {
  const durationMs = Math.max(0, Date.parse(at) - Date.parse(createdAt))
  return [
    { type: 'message:dequeued', runId: to.id, messageId: message.id, mode: 'steer', message },
    { type: 'run:complete', runId: id, finishReason: 'stop', stepCount: 0, durationMs },
  ]
}

/** What was said to earlier answers to the same message counts for this one too, and stands in it. */
export function saidBeforeEvents(runId: string, answers: readonly Part[][]): NewEvent[] {
  const said = new Map(answers.flat().flatMap((part) => (part.type === 'steer' ? [[part.messageId, part]] : [])))
  return [...said.values()].map(({ messageId, text, at }) => ({
    type: 'message:dequeued',
    runId,
    messageId,
    mode: 'steer',
    message: { id: messageId, role: 'user', parentId: null, createdAt: at, parts: [{ type: 'text', text }] },
  }))
}

export function requestEvents({ id: runId }: ClaimedRun, approvals: NewApproval[]): NewEvent[] {
  return approvals.map((approval) => ({ type: 'approval:request', runId, ...approval }))
}

/** What a decision says, and, when it is no, what becomes of the call. */
export function decisionEvents(
  { approvalId, runId, callId, toolName, isForm }: { approvalId: string; runId: string; callId: string; toolName: string; isForm: boolean },
  { approved, reason, remember, content, by }: Decision,
): NewEvent[] {
  const response: NewEvent = {
    type: 'approval:response',
    runId,
    approvalId,
    approved,
    ...(reason !== undefined && reason !== '' && { reason }),
    ...(remember !== undefined && { remember }),
    ...(content !== undefined && { content }),
    by,
  }
  // A tool that asked something goes on, whatever the answer is.
  if (approved || isForm) return [response]
  const error = `The user denied this call${reason ? `: ${reason}` : ''}.`
  return [response, { type: 'llm:tool-result', runId, callId, toolName, success: false, error, durationMs: 0 }]
}

/** How long messages that were deleted can be brought back. */
export const UNDO_MS = 24 * 60 * 60_000

/** After so long, what nobody decided is a refusal. */
export const APPROVAL_HOURS = 24
/** A form holds its run's worker, and no job of the run queue lives for a day: with the longest run it must be less. */
export const FORM_HOURS = 10
export function expiryFrom(ms: number, hours = APPROVAL_HOURS): string {
  return new Date(ms + hours * 60 * 60_000).toISOString()
}

export const EXPIRED: Decision = { approved: false, reason: 'Nobody decided in time', by: 'expiry' }

export const MOST_FILE_BYTES = 5_000_000
export const MOST_FILES = 1_000

export function fileTooLarge(): AppError {
  return new AppError(
    'payload-too-large',
    `A file may have at most ${MOST_FILE_BYTES / 1_000_000} MB, and a session ${MOST_FILES} of them.`,
  )
}

/** One at a time writes to a session, and where the conversation goes on must not move meanwhile. */
export function busy(): AppError {
  return new AppError('conflict', 'The session is busy. Wait for the answer, or stop it.')
}

/** Ids are made by clients, so that asking twice is asking once. */
export function idTaken(by: 'message' | 'session'): AppError {
  return new AppError('conflict', `Another ${by} has this id.`, { field: 'id' })
}

export function noSuchMessage(): AppError {
  return new AppError('not-found', 'There is no such message in this session.')
}

/** Most ways that a conversation may go on from one message: a snapshot names them all. */
const MOST_BRANCHES = 1_000

/** Throws `conflict` where a conversation parts into so many already. */
export function checkBranches(count: number): void {
  if (count >= MOST_BRANCHES) throw new AppError('conflict', `There are ${MOST_BRANCHES} branches here already. Delete some of them.`)
}

export function nothingToAnswer(): AppError {
  return new AppError('conflict', 'There is no message to answer again.')
}

export function alreadyDecided(): AppError {
  return new AppError('conflict', 'This was decided already, or the answer is over.')
}

/**
 * Throws `invalid-request` for a yes whose content is not what its form asks for, and for content without a form: the call runs with
 * exactly the arguments that were shown.
 */
export function checkContent({ approved, content }: Decision, form: JsonValue | undefined): void {
  if (form === undefined) {
    if (content !== undefined)
      throw new AppError('invalid-request', 'This approval has no form: it takes no content.', { field: 'content' })
    return
  }
  if (!approved || typeof form !== 'object' || form === null || Array.isArray(form)) return
  try {
    objectCheck(form)(content ?? {})
  } catch (cause) {
    throw new AppError('invalid-request', `The form is not filled in as it must be: ${(cause as Error).message}`, {
      field: 'content',
      cause,
    })
  }
}

export function notWaiting(): AppError {
  return new AppError('conflict', 'This message does not wait any more: its turn has come, or it was removed.')
}

/** The wanted order, completed by what it does not name. */
export function reordered<T extends { messageId: string }>(queue: T[], messageIds: string[]): T[] {
  const named = messageIds.flatMap((id) => queue.find((one) => one.messageId === id) ?? [])
  return [...new Set([...named, ...queue])]
}
