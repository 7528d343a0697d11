import {
  AppError,
  type ApprovalRequest,
  MAX_MESSAGE_PAGE_SIZE,
  newId,
  type QueueMode,
  type Rating,
  type RillEvent,
  reduce,
  type SessionState,
  toAppError,
} from '#lib/protocol/index.ts'
import { type Api, isUnreached } from './api.ts'
import { createBehind, withOlder, withPage } from './behind.ts'
import { readDeleted, writeDeleted } from './drafts.ts'
import type { Connection, EventStreamOptions } from './line.ts'
import type { ModelSettings } from './model-settings.ts'
import { isUnsent, type Outbox, type Outgoing, storedOutbox } from './outbox.ts'
import { pauseOf } from './pause.ts'
import type { QueueChange } from './queue-changes.ts'
import { createQueueEditor, type QueueEditor } from './queue-editor.ts'

export interface SessionView {
  /** The folded log. */
  state: SessionState
  /** Messages that were sent and are not in the log yet, in order. */
  outgoing: Outgoing[]
  /** What was asked for with what waits, and the log does not show yet. */
  queueChanges: readonly QueueChange[]
  connection: Connection
  /** The server says that there is no such session (any more). */
  isGone: boolean
  isLoadingOlder: boolean
  /** What was deleted last from here, and can be brought back; null when nothing was, or it is done with. */
  deleted: string[] | null
  /** What went wrong with something that the user asked for, other than sending. */
  problem: string | null
}

export interface SessionStore {
  get(): SessionView
  subscribe(listener: () => void): () => void
  /** Follows the log, until the returned function is called. */
  connect(): () => void
  /** Shows the message at once, and keeps it until the log has it. Messages go out in order. `mode` counts while a run is active. */
  send(text: string, mode?: QueueMode): Promise<void>
  /** Sends a failed message again, with the same id: however often it arrives, it is one message. */
  resend(id: string): Promise<void>
  discard(id: string): void
  /** Changes what waits. */
  queue: QueueEditor
  /** Says yes or no to what a tool waits for. Throws an `AppError`; `conflict`: another decision was first. */
  decide(approvalId: string, decision: ApprovalRequest): Promise<void>
  stop(): Promise<void>
  /** Has the last user message answered again. */
  retry(): Promise<void>
  /** Says something else in the place of a message of the user, on a branch of its own. As `send`: shown at once, and kept. */
  edit(messageId: string, text: string): Promise<void>
  /** Has the message answered again that this is an answer to, by this model ("provider/model") where one is named. */
  regenerate(answerId: string, model?: string): Promise<void>
  /** Shows the newest branch that goes through this message, in every tab. */
  selectBranch(messageId: string): Promise<void>
  /** Deletes a message with all answers to it, whichever of them is named. Resolves to what `undoDelete` takes; empty when it failed. */
  deletePair(messageId: string): Promise<string[]>
  undoDelete(messageIds: string[]): Promise<void>
  /** What was deleted is not offered back any more. */
  forgetDeleted(): void
  /** Of an answer; null takes it back. */
  rate(messageId: string, rating: Rating | null): Promise<void>
  /** Which model answers from the next message on, and how much it thinks. Choices go out in order. */
  choose(settings: Partial<ModelSettings>): Promise<void>
  loadOlder(): Promise<void>
  /** Loads older messages until that one is there. False when it is not to be had, or the way there was given up. */
  loadBackTo(messageId: string, options?: LoadBackOptions): Promise<boolean>
  dismissProblem(): void
}

export interface LoadBackOptions {
  signal?: AbortSignal
  /** Whether the message cannot stand before this one, the first that is there: then no more are loaded. */
  isPast?: (first: string) => boolean
}

export interface SessionStoreOptions {
  initial: SessionState
  api: Pick<
    Api,
    | 'snapshot'
    | 'sendMessage'
    | 'messagesBefore'
    | 'cancelRun'
    | 'retry'
    | 'regenerate'
    | 'selectBranch'
    | 'deletePair'
    | 'restoreMessages'
    | 'rate'
    | 'updateSession'
    | 'decide'
    | 'updateQueued'
    | 'removeQueued'
    | 'reorderQueue'
  >
  outbox?: Outbox
  /** Calls back before the next frame. */
  onFrame?: (callback: () => void) => void
  follow: (options: EventStreamOptions, signal: AbortSignal) => Promise<void>
}

/** One session in the browser: the folded log, and what is on its way. Events are folded as they come and shown once a frame. */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const { initial, api, outbox = storedOutbox, onFrame = nextFrame, follow } = options
  const sessionId = initial.session.id
  const listeners = new Set<() => void>()
  let view: SessionView = {
    state: initial,
    outgoing: [],
    queueChanges: [],
    connection: 'connecting',
    isGone: false,
    isLoadingOlder: false,
    deleted: null,
    problem: null,
  }
  /** Ahead of `view.state` by what came since the last frame. */
  let folded = initial
  /** Messages that came since the last frame: one that was told to the agent at once stands in no list when it is drawn. */
  let arrived = new Set<string>()
  let isFrameAsked = false
  let isRestored = false
  let isRetrying = false
  /** How often the server was reached anew. */
  let reached = 0
  /** How often in a row a message did not arrive, though the log is read. */
  let misses = 0
  let isConnected = false
  let nextTry: ReturnType<typeof setTimeout> | undefined
  let lastDelivery = Promise.resolve()
  let lastChoice = Promise.resolve()

  function change(next: Partial<SessionView>): void {
    view = { ...view, ...next }
    for (const listener of listeners) listener()
  }

  function setOutgoing(outgoing: Outgoing[], next: Partial<SessionView> = {}): void {
    const before = view.outgoing
    for (const one of outgoing) if (!before.includes(one)) outbox.put(sessionId, one)
    for (const { id } of before) if (outgoing.every((one) => one.id !== id)) outbox.remove(sessionId, id)
    change({ outgoing, ...next })
  }

  /** What the log has by now is not on its way any more. */
  function show(): void {
    isFrameAsked = false
    if (folded === view.state) return
    const outgoing = withoutArrived(view.outgoing, folded).filter(({ id }) => !arrived.has(id))
    arrived = new Set()
    const next = { state: folded, queueChanges: stillAsked() }
    if (outgoing.length === view.outgoing.length) change(next)
    else setOutgoing(outgoing, next)
  }

  function stillAsked(): readonly QueueChange[] {
    const { queueChanges, state } = view
    if (queueChanges.length === 0 || folded.queue === state.queue) return queueChanges
    return queueChanges.filter((one) => !queue.isOver(folded.queue, one))
  }

  function fold(events: RillEvent[]): void {
    for (const event of events) {
      if (behind.takes(event)) continue
      folded = reduce(folded, event)
      if (event.type === 'message:created') arrived.add(event.message.id)
    }
    if (isFrameAsked) return
    isFrameAsked = true
    onFrame(show)
  }

  async function reset(): Promise<void> {
    const fresh = await api.snapshot(sessionId)
    behind.drop()
    folded = withOlder(fresh, folded)
    show()
  }

  /** What was on its way when the page was left goes out again: the server takes an id once. */
  function restore(): void {
    if (isRestored) return
    isRestored = true
    const kept = withoutArrived(outbox.load(sessionId), folded).filter((one) => view.outgoing.every((other) => other.id !== one.id))
    setOutgoing([...kept, ...view.outgoing])
    change({ deleted: readDeleted(sessionId) })
    void sendAll(kept.filter(isUnsent))
  }

  function deliver(id: string): Promise<void> {
    lastDelivery = lastDelivery.then(() => deliverNow(id))
    return lastDelivery
  }

  async function deliverNow(id: string): Promise<void> {
    const message = view.outgoing.find((one) => one.id === id)
    if (!message) return
    // Messages arrive in the order in which they were written.
    const earlier = view.outgoing.find((one) => one === message || one.isWaiting)
    if (earlier?.isWaiting) return putOff(id, earlier.error)
    const before = reached
    try {
      const { text, mode, replaces } = message
      const { cursor } = await api.sendMessage(sessionId, { id, text, ...(mode && { mode }), ...(replaces !== undefined && { replaces }) })
      misses = 0
      // It had arrived before, and stands in the log before what is loaded here: no event will tell.
      if (cursor <= folded.cursor) {
        show()
        discard(id)
      }
    } catch (error) {
      const { message: why } = toAppError(error)
      if (!isUnreached(error)) return update(id, { status: 'failed', error: why })
      // Its turn is not over: what was written after it waits behind it.
      if (reached !== before) return deliverNow(id)
      putOff(id, why)
      tryLater()
    }
  }

  function putOff(id: string, error: string | undefined): void {
    update(id, { status: 'failed', ...(error !== undefined && { error }), isWaiting: true })
  }

  /** The log is read, and yet a message did not arrive: no new connection will tell when to send it. */
  function tryLater(): void {
    clearTimeout(nextTry)
    if (!isConnected || !isReached(view.connection)) return
    nextTry = setTimeout(() => void sendWaiting(), pauseOf(misses))
    misses += 1
  }

  /** One that waits goes out with all that wait, those before it first. */
  async function resend(id: string): Promise<void> {
    if (view.outgoing.some((one) => one.id === id && one.isWaiting)) return sendWaiting()
    update(id, { status: 'sending' })
    await deliver(id)
  }

  function sendWaiting(): Promise<void> {
    clearTimeout(nextTry)
    return sendAll(view.outgoing.filter((one) => one.isWaiting))
  }

  /** In order. The server takes an id once. */
  async function sendAll(outgoing: Outgoing[]): Promise<void> {
    for (const { id } of outgoing) update(id, { status: 'sending' })
    await Promise.all(outgoing.map(({ id }) => deliver(id)))
  }

  async function sendNow(said: Pick<Outgoing, 'text' | 'mode' | 'replaces'>): Promise<void> {
    const id = newId()
    void sendWaiting()
    setOutgoing([...view.outgoing, { id, ...said, status: 'sending' }], { problem: null })
    setDeleted(null)
    await deliver(id)
  }

  /** Pressed twice, it is one. */
  async function again(request: () => Promise<unknown>): Promise<void> {
    if (isRetrying) return
    isRetrying = true
    await attempt(request)
    isRetrying = false
  }

  function discard(id: string): void {
    setOutgoing(view.outgoing.filter((one) => one.id !== id))
  }

  function setDeleted(deleted: string[] | null): void {
    writeDeleted(sessionId, deleted)
    change({ deleted })
  }

  function update(id: string, next: Pick<Outgoing, 'status' | 'error' | 'isWaiting'>): void {
    const changed = ({ error: _, isWaiting: __, ...one }: Outgoing): Outgoing => ({ ...one, ...next })
    setOutgoing(view.outgoing.map((one) => (one.id === id ? changed(one) : one)))
  }

  /** Does what the user asked for; a failure is shown, not thrown. */
  async function attempt(work: () => Promise<unknown>): Promise<void> {
    change({ problem: null })
    await attemptToo(work)
  }

  /** The same, and what went wrong before it stays told. */
  async function attemptToo(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      change({ problem: toAppError(error).message })
    }
  }

  function connect(): () => void {
    const leave = new AbortController()
    /** The last event that was taken: what waits for a snapshot is not asked for again. */
    let taken = 0
    isConnected = true
    restore()
    void follow(
      {
        sessionId,
        cursor: () => Math.max(taken, folded.cursor),
        onEvents(events) {
          fold(events)
          taken = Math.max(taken, events.at(-1)?.seq ?? 0)
        },
        async onReset() {
          await reset()
          taken = 0
        },
        onGone: () => change({ isGone: true }),
        onConnection(connection) {
          change({ connection, ...(isReached(connection) && { isGone: false }) })
          if (!isReached(connection)) return clearTimeout(nextTry)
          reached += 1
          misses = 0
          void sendWaiting()
        },
      },
      leave.signal,
    )
    return () => {
      isConnected = false
      clearTimeout(nextTry)
      behind.drop()
      leave.abort(new AppError('cancelled', 'The page left the session.'))
    }
  }

  let loadingOlder: Promise<void> | undefined
  let loadProblem: string | null = null

  /** One page at a time: who asks meanwhile gets that one. */
  function loadOlder(limit?: number): Promise<void> {
    loadingOlder ??= loadPage(limit).finally(() => {
      loadingOlder = undefined
    })
    return loadingOlder
  }

  async function loadPage(limit?: number): Promise<void> {
    const first = folded.messages[0]
    if (!first || !folded.hasOlder) return
    // Nobody asked for it: only what an earlier attempt said is over.
    change({ isLoadingOlder: true, ...(view.problem === loadProblem && { problem: null }) })
    try {
      const page = await api.messagesBefore(sessionId, first.id, limit)
      // A fresh snapshot may have come meanwhile, with another first message.
      if (folded.messages[0]?.id === first.id) folded = withPage(folded, page)
    } catch (error) {
      loadProblem = toAppError(error).message
      change({ problem: loadProblem })
    }
    change({ isLoadingOlder: false })
    show()
  }

  const behind = createBehind({
    sessionId,
    api,
    folded: () => folded,
    onSnapshot(state, events) {
      folded = state
      for (const event of events) if (event.type === 'message:created') arrived.add(event.message.id)
      fold(events)
    },
    onGone: () => change({ isGone: true }),
  })

  async function loadBackTo(messageId: string, { signal, isPast }: LoadBackOptions = {}): Promise<boolean> {
    for (;;) {
      if (signal?.aborted) return false
      if (folded.messages.some(({ id }) => id === messageId)) return true
      const first = folded.messages[0]
      if (first && isPast?.(first.id)) return false
      await loadOlder(MAX_MESSAGE_PAGE_SIZE)
      // Nothing more came: it is not there, or could not be loaded, which is said.
      if (folded.messages[0]?.id === first?.id) return false
    }
  }

  const queue = createQueueEditor({
    sessionId,
    api,
    queue: () => folded.queue,
    changes: () => view.queueChanges,
    onChanges: (queueChanges) => change({ queueChanges }),
  })

  return {
    get: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    connect,
    queue,
    async decide(approvalId, decision) {
      await api.decide(approvalId, decision)
    },
    send: (text, mode) => sendNow({ text, ...(mode && { mode }) }),
    edit: (replaces, text) => sendNow({ text, replaces }),
    resend,
    discard,
    stop: () =>
      attempt(async () => {
        const run = folded.activeRun
        if (run) await api.cancelRun(run.id)
      }),
    retry: () => again(() => api.retry(sessionId)),
    regenerate: (messageId, model) => again(() => api.regenerate(sessionId, { messageId, ...(model !== undefined && { model }) })),
    selectBranch: (messageId) => attempt(() => api.selectBranch(sessionId, messageId)),
    async deletePair(messageId) {
      let deleted: string[] = []
      await attempt(async () => {
        deleted = await api.deletePair(sessionId, messageId)
        setDeleted(deleted)
      })
      return deleted
    },
    undoDelete: (messageIds) =>
      attempt(async () => {
        await api.restoreMessages(sessionId, messageIds)
        if (view.deleted === messageIds) setDeleted(null)
      }),
    forgetDeleted: () => setDeleted(null),
    rate: (messageId, rating) => attempt(() => api.rate(sessionId, messageId, rating)),
    choose(settings) {
      change({ problem: null })
      const ask = async () => {
        await api.updateSession(sessionId, settings)
        // Its event may come late: the server has said yes.
        folded = { ...folded, session: { ...folded.session, ...settings } }
        show()
      }
      lastChoice = lastChoice.then(() => attemptToo(ask))
      return lastChoice
    },
    loadOlder: () => loadOlder(),
    loadBackTo,
    dismissProblem: () => change({ problem: null }),
  }
}

function withoutArrived(outgoing: Outgoing[], { messages, queue, activeRun }: SessionState): Outgoing[] {
  if (outgoing.length === 0) return outgoing
  const arrived = new Set([...messages, ...queue].map((message) => message.id))
  for (const part of activeRun?.answer?.parts ?? []) if (part.type === 'steer') arrived.add(part.messageId)
  return outgoing.filter((one) => !arrived.has(one.id))
}

function isReached(connection: Connection): boolean {
  return connection === 'live' || connection === 'polling'
}

/** A hidden page draws no frames: then a timer stands in, so that the state stays true. */
function nextFrame(callback: () => void): void {
  if (document.hidden) setTimeout(callback, 100)
  else requestAnimationFrame(callback)
}
