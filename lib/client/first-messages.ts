import { newId, toAppError } from '#lib/protocol/index.ts'
import { api, isUnreached } from './api.ts'
import type { ModelSettings } from './model-settings.ts'
import { type Outgoing, storedOutbox } from './outbox.ts'
import { pauseOf } from './pause.ts'
import { type StartApi, startSession } from './start-session.ts'
import { type Start, starts } from './starts.ts'

/** A first message that is on its way, waits or was refused. */
export interface FirstMessage extends Pick<Start, 'sessionId' | 'text'>, Pick<Outgoing, 'status' | 'error' | 'isWaiting'> {
  /** This tab is on its way to its session. */
  isOwn: boolean
}

export interface FirstMessages {
  /** Oldest first. One that another tab sends is among them once it is known to wait. */
  get(): readonly FirstMessage[]
  subscribe(listener: () => void): () => void
  /** Sends what was kept, until the returned function is called; what is on its way then goes on. */
  open(): () => void
  /** The session that this tab is on its way to. */
  own(): string | null
  isSending(): boolean
  /** Keeps the message, and sends it as `bring` does. */
  begin(text: string, settings: ModelSettings): Promise<string | null>
  /**
   * Makes the session of a message and sends it, now or when the server can be reached. Resolves to the session's id; to null when the
   * message was discarded. Throws when the server refuses it: it is kept.
   */
  bring(sessionId: string): Promise<string | null>
  /** What was refused is sent again, what waits is tried at once. */
  resend(sessionId: string): void
  discard(sessionId: string): void
  /** For the session that is not made yet. */
  choose(settings: ModelSettings): void
}

/** The first messages of this browser that have no session yet. They are sent for as long as the tab lives, whatever page is shown. */
export function createFirstMessages(api: StartApi): FirstMessages {
  const listeners = new Set<() => void>()
  const shown = new Map<string, Omit<FirstMessage, 'isOwn'> & { isMade?: true }>()
  const underway = new Map<string, Promise<string | null>>()
  const wakers = new Map<string, () => void>()
  const discarded = new Set<string>()
  let view: readonly FirstMessage[] = []

  function show(): void {
    const own = starts.own()
    view = [...shown.values()]
      .filter(({ sessionId, isMade }) => isMade || isKept(sessionId))
      .map(({ isMade = false, ...one }) => ({ ...one, isOwn: isMade || one.sessionId === own }))
      .sort((one, other) => (one.sessionId < other.sessionId ? -1 : 1))
    for (const listener of listeners) listener()
  }

  function put({ sessionId, text, error }: Start, isWaiting = false): void {
    const delivery =
      error === undefined ? { status: 'sending' as const } : { status: 'failed' as const, error, ...(isWaiting && { isWaiting }) }
    shown.set(sessionId, { sessionId, text, ...delivery })
    show()
  }

  function bring(sessionId: string): Promise<string | null> {
    const there = underway.get(sessionId)
    if (there) return there
    const bringing = bringNow(sessionId).finally(() => underway.delete(sessionId))
    underway.set(sessionId, bringing)
    return bringing
  }

  async function bringNow(first: string): Promise<string | null> {
    let sessionId = first
    for (let failures = 0; ; failures += 1) {
      try {
        const isMade = (await startSession(sessionId, api)) && !discarded.has(sessionId)
        end(sessionId, isMade)
        return isMade ? sessionId : null
      } catch (error) {
        const renewed = renew(sessionId, error)
        if (!renewed && !isUnreached(error)) throw refused(sessionId, error)
        sessionId = renewed ?? sessionId
        if (renewed) continue
        const start = starts.read(sessionId)
        if (start) put({ ...start, error: toAppError(error).message }, true)
      }
      await pauseFor(sessionId, failures)
      if (discarded.has(sessionId)) return null
    }
  }

  /** The id is another's: the session was deleted, or this browser is someone else now. It begins again. */
  function renew(sessionId: string, error: unknown): string | undefined {
    const start = starts.read(sessionId)
    if (toAppError(error).code !== 'conflict' || !start) return undefined
    const next = { ...start, sessionId: newId(), messageId: newId() }
    starts.keep(next)
    starts.drop(sessionId)
    if (starts.own() === sessionId) starts.setOwn(next.sessionId)
    if (shown.delete(sessionId)) put(next)
    return next.sessionId
  }

  function refused(sessionId: string, error: unknown): unknown {
    const start = starts.read(sessionId)
    if (starts.own() === sessionId) starts.setOwn(null)
    if (start) {
      const kept = { ...start, error: toAppError(error).message }
      starts.keep(kept)
      put(kept)
    }
    return error
  }

  function end(sessionId: string, isMade: boolean): void {
    const one = shown.get(sessionId)
    // The page stays as it is until the session's own page is there.
    if (one && isMade && starts.own() === sessionId) shown.set(sessionId, { sessionId, text: one.text, status: 'sending', isMade })
    else shown.delete(sessionId)
    if (starts.own() === sessionId) starts.setOwn(null)
    show()
  }

  async function pauseFor(sessionId: string, failures: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseOf(failures))
      wakers.set(sessionId, () => {
        clearTimeout(timer)
        resolve()
      })
    })
    wakers.delete(sessionId)
  }

  function wakeAll(): void {
    for (const wake of wakers.values()) wake()
  }

  /** What another tab has sent or discarded is asked about at once. */
  function onStorage(): void {
    for (const [sessionId, wake] of wakers) if (!starts.read(sessionId)) wake()
    show()
  }

  function forgetMade(): void {
    for (const [sessionId, { isMade }] of shown) if (isMade) shown.delete(sessionId)
    show()
  }

  function open(): () => void {
    forgetMade()
    for (const start of starts.all()) {
      const { sessionId, error } = start
      if (!shown.has(sessionId) && (error !== undefined || sessionId === starts.own())) put(start)
      // A refusal is shown.
      if (error === undefined) bring(sessionId).catch(() => {})
    }
    wakeAll()
    addEventListener('storage', onStorage)
    addEventListener('online', wakeAll)
    return () => {
      removeEventListener('storage', onStorage)
      forgetMade()
    }
  }

  return {
    get: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    open,
    own: starts.own,
    isSending: () => view.some(({ isOwn }) => isOwn),
    begin(text, settings) {
      const start = { sessionId: newId(), messageId: newId(), text, settings }
      starts.keep(start)
      starts.setOwn(start.sessionId)
      put(start)
      return bring(start.sessionId)
    },
    bring,
    resend(sessionId) {
      const start = starts.read(sessionId)
      if (!start) return
      const { error: _, ...again } = start
      starts.keep(again)
      put(again)
      wakers.get(sessionId)?.()
      // A refusal is shown.
      bring(sessionId).catch(() => {})
    },
    discard(sessionId) {
      discarded.add(sessionId)
      starts.drop(sessionId)
      shown.delete(sessionId)
      if (starts.own() === sessionId) starts.setOwn(null)
      wakers.get(sessionId)?.()
      show()
    },
    choose(settings) {
      const start = starts.read(starts.own() ?? '')
      if (start) starts.keep({ ...start, settings })
    },
  }
}

/** As a first message, or by now as an outgoing one that is being sent. */
function isKept(sessionId: string): boolean {
  return starts.read(sessionId) !== undefined || storedOutbox.load(sessionId).length > 0
}

/** Those of this tab. */
export const firstMessages = createFirstMessages(api)
