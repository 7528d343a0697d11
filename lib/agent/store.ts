import type { EventLog } from '#lib/log/index.ts'
import {
  type AssistantMessage,
  emptyState,
  type Message,
  type NewEvent,
  NO_USAGE,
  pendingRun,
  type SessionInfo,
  type SessionState,
} from '#lib/protocol/index.ts'

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
}

export interface CreateSession {
  title?: string | null
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

/** Where an agent keeps sessions, messages and runs beside the log. Every change is one transaction with its events. */
export interface AgentStore {
  readonly log: EventLog
  createSession(input: CreateSession): Promise<SessionInfo>
  getSession(sessionId: string): Promise<SessionInfo | null>
  listSessions(): Promise<SessionInfo[]>
  deleteSession(sessionId: string): Promise<boolean>
  /** With `onlyUntitled`, a title that a person gave stays. */
  renameSession(sessionId: string, title: string, options?: { onlyUntitled: boolean }): Promise<SessionInfo | null>
  updateSettings(sessionId: string, settings: SessionSettings): Promise<SessionInfo | null>
  /** Idempotent by `messageId`. Throws `session-not-found`; `conflict` when the id belongs to another session. */
  acceptMessage(input: AcceptMessage): Promise<Accepted>
  /** A new run for the session's last user message. Throws `conflict` when a run is active or there is none. */
  retryLast(sessionId: string): Promise<Accepted>
  /** Takes a run that nobody else may now write, with `run:started`. Null when it is over or not its turn. */
  claimRun(runId: string, by: ModelName): Promise<ClaimedRun | null>
  /**
   * Ends a run: the events, the answer folded from them, and the next queued run made runnable, all at once. Returns the
   * run that may begin now. Throws `run-fenced` when another worker has the run.
   */
  finishRun(run: ClaimedRun, state: SessionState, events: NewEvent[]): Promise<{ next: string | null }>
  /**
   * Notes that a run shall stop; its worker, or whoever takes it over, ends it. One that waits for its turn is ended here, and
   * its message removed. Returns false when it was over.
   */
  requestCancel(runId: string, by: ModelName): Promise<boolean>
  /** The pending or running run of a session. */
  activeRunId(sessionId: string): Promise<string | null>
  /** The folded state of a session with the newest messages; null when there is none. */
  snapshot(sessionId: string): Promise<SessionState | null>
  close(): Promise<void>
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
