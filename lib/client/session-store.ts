import { AppError, newId, type RillEvent, reduce, type SessionState, toAppError } from '#lib/protocol/index.ts'
import type { Api } from './api.ts'
import { type Connection, type EventStreamOptions, followSession } from './event-stream.ts'

/** A message that was sent and is not in the log yet. */
export interface Outgoing {
  id: string
  text: string
  status: 'sending' | 'failed'
  error?: string
}

export interface SessionView {
  state: SessionState
  connection: Connection
  outgoing: Outgoing[]
  isLoadingOlder: boolean
  /** What went wrong with something that the user asked for, other than sending. */
  problem: string | null
}

export interface SessionStore {
  get(): SessionView
  subscribe(listener: () => void): () => void
  /** Follows the log while the page is shown. Returns what ends it. */
  connect(): () => void
  /** Shows the message at once, and keeps it until the log has it. Sending the same id again is one message. */
  send(text: string): Promise<void>
  resend(id: string): Promise<void>
  discard(id: string): void
  stop(): Promise<void>
  retry(): Promise<void>
  loadOlder(): Promise<void>
}

export interface SessionStoreOptions {
  initial: SessionState
  api: Api
  /** Calls back before the next frame; at most one call waits. */
  onFrame?: (callback: () => void) => void
  follow?: (options: EventStreamOptions, signal: AbortSignal) => Promise<void>
}

/** One session in the browser: the folded log, and what is on its way. Events are folded as they come and shown once a frame. */
export function createSessionStore({ initial, api, onFrame = nextFrame, follow = followSession }: SessionStoreOptions): SessionStore {
  let view: SessionView = { state: initial, connection: 'connecting', outgoing: [], isLoadingOlder: false, problem: null }
  let folded = initial
  let isFrameAsked = false
  const sessionId = initial.session.id
  const listeners = new Set<() => void>()

  function change(next: Partial<SessionView>): void {
    view = { ...view, ...next }
    for (const listener of listeners) listener()
  }

  /** The log's state, and without what it now has from `outgoing`. */
  function show(): void {
    isFrameAsked = false
    if (folded === view.state) return
    const known = new Set([...folded.messages, ...folded.queue].map((message) => message.id))
    const outgoing = view.outgoing.some((one) => known.has(one.id)) ? view.outgoing.filter((one) => !known.has(one.id)) : view.outgoing
    change({ state: folded, outgoing })
  }

  function fold(events: RillEvent[]): void {
    for (const event of events) folded = reduce(folded, event)
    if (isFrameAsked) return
    isFrameAsked = true
    onFrame(show)
  }

  async function reset(): Promise<void> {
    folded = await api.snapshot(sessionId)
    show()
  }

  async function deliver(id: string): Promise<void> {
    const outgoing = view.outgoing.find((one) => one.id === id)
    if (!outgoing) return
    change({ outgoing: view.outgoing.map((one) => (one.id === id ? { id, text: one.text, status: 'sending' } : one)) })
    try {
      await api.sendMessage(sessionId, id, outgoing.text)
    } catch (error) {
      change({
        outgoing: view.outgoing.map((one) => (one.id === id ? { ...one, status: 'failed', error: toAppError(error).message } : one)),
      })
    }
  }

  /** Does what the user asked for; a failure is shown, not thrown. */
  async function attempt(work: () => Promise<unknown>): Promise<void> {
    change({ problem: null })
    try {
      await work()
    } catch (error) {
      change({ problem: toAppError(error).message })
    }
  }

  return {
    get: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    connect() {
      const leave = new AbortController()
      const options: EventStreamOptions = {
        sessionId,
        cursor: () => folded.cursor,
        onEvents: fold,
        onReset: reset,
        onGone: () => fold([{ type: 'session:deleted', sessionId, seq: folded.cursor + 1, at: new Date().toISOString() }]),
        onConnection: (connection) => change({ connection }),
      }
      void follow(options, leave.signal).catch((error: unknown) => change({ problem: toAppError(error).message }))
      return () => leave.abort(new AppError('cancelled', 'The page left the session.'))
    },
    async send(text) {
      const id = newId()
      change({ outgoing: [...view.outgoing, { id, text, status: 'sending' }], problem: null })
      await deliver(id)
    },
    resend: deliver,
    discard: (id) => change({ outgoing: view.outgoing.filter((one) => one.id !== id) }),
    stop: () =>
      attempt(async () => {
        const run = folded.activeRun
        if (run) await api.cancelRun(run.id)
      }),
    retry: () => attempt(() => api.retry(sessionId)),
    async loadOlder() {
      const first = folded.messages[0]
      if (!first || !folded.hasOlder || view.isLoadingOlder) return
      change({ isLoadingOlder: true })
      await attempt(async () => {
        const { messages, hasOlder } = await api.messagesBefore(sessionId, first.id)
        folded = { ...folded, messages: [...messages, ...folded.messages], hasOlder }
        show()
      })
      change({ isLoadingOlder: false })
    },
  }
}

/** A hidden page draws no frames: then a timer stands in, so that the state stays true. */
function nextFrame(callback: () => void): void {
  if (document.hidden) setTimeout(callback, 100)
  else requestAnimationFrame(callback)
}
