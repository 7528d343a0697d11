import {
  MAX_MESSAGE_PAGE_SIZE,
  type Message,
  needsSnapshot,
  type RillEvent,
  type SessionState,
  toAppError,
  withoutMessages,
} from '#lib/protocol/index.ts'
import type { Api } from './api.ts'

export interface BehindOptions {
  sessionId: string
  api: Pick<Api, 'snapshot' | 'messagesBefore'>
  /** What the events so far fold to. */
  folded: () => SessionState
  /** The snapshot has come: what is folded from now on, and the events to go on with. */
  onSnapshot: (state: SessionState, events: RillEvent[]) => void
  onGone: () => void
  wait?: (ms: number) => Promise<void>
}

/** Holds events back when one of them changes the conversation to what the log does not say, until a snapshot tells. */
export interface Behind {
  /** True when the event must wait: it is kept. */
  takes(event: RillEvent): boolean
  /** Forgets what waits: it will come again. */
  drop(): void
}

const AGAIN_MS = 1_000

export function createBehind({ sessionId, api, folded, onSnapshot, onGone, wait = pause }: BehindOptions): Behind {
  let waiting: RillEvent[] | undefined
  /** Something was heard, or nothing waits any more. */
  let wake: (() => void) | undefined

  async function catchUp(mine: RillEvent[]): Promise<void> {
    while (waiting === mine) {
      try {
        const fresh = await freshState(mine)
        if (waiting !== mine) return
        waiting = undefined
        onSnapshot(fresh.cursor >= folded().cursor ? fresh : folded(), mine)
      } catch (error) {
        if (waiting !== mine) return
        if (toAppError(error).code === 'not-found') {
          waiting = undefined
          return onGone()
        }
        await wait(AGAIN_MS)
      }
    }
  }

  /** With the older messages that were loaded; those that were brought back may be among them. */
  async function freshState(mine: RillEvent[]): Promise<SessionState> {
    const fresh = await api.snapshot(sessionId)
    const first = folded().messages[0]
    if (!first || isIn(fresh.messages, first.id)) return fresh
    await untilHeard(mine, fresh.cursor)
    const { gone, back } = changesOf(mine.filter(({ seq }) => seq <= fresh.cursor))
    const old = () => ({ ...folded(), ...withoutMessages(folded(), gone) })
    const missing = back.filter((id) => !isIn(old().messages, id))
    const isThere = (state: SessionState) => missing.every((id) => isKnown(state, id)) && isIn(old().messages, state.messages[0]?.id)
    let state = fresh
    while (missing.length > 0 && !isThere(state)) {
      const [last] = state.messages
      if (!last || !state.hasOlder || state.messages.length >= old().messages.length + missing.length) return state
      state = withPage(state, await api.messagesBefore(sessionId, last.id, MAX_MESSAGE_PAGE_SIZE))
    }
    return withOlder(state, old())
  }

  /** The snapshot may know of changes that are not heard of yet, and what was loaded before does not. */
  async function untilHeard(mine: RillEvent[], cursor: number): Promise<void> {
    while (waiting === mine && (mine.at(-1)?.seq ?? 0) < cursor) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  return {
    takes(event) {
      if (waiting) {
        waiting.push(event)
        wake?.()
      } else if (needsSnapshot(folded(), event)) {
        waiting = [event]
        void catchUp(waiting)
      }
      return waiting !== undefined
    },
    drop() {
      waiting = undefined
      wake?.()
    },
  }
}

/** A fresh snapshot with the older messages that were loaded before it, where the two meet: each message has one parent. */
export function withOlder(fresh: SessionState, old: SessionState): SessionState {
  const first = fresh.messages[0]
  const meeting = first ? old.messages.findIndex((message) => message.id === first.id) : -1
  if (meeting <= 0) return fresh
  return withPage(fresh, { messages: old.messages.slice(0, meeting), branches: old.branches, hasOlder: old.hasOlder })
}

/** A state with messages from before its first. */
export function withPage(state: SessionState, page: Pick<SessionState, 'messages' | 'branches' | 'hasOlder'>): SessionState {
  const { messages, branches, hasOlder } = page
  return { ...state, messages: [...messages, ...state.messages], branches: { ...branches, ...state.branches }, hasOlder }
}

/** Which messages are gone after these events, and which are back. */
function changesOf(events: readonly RillEvent[]): { gone: string[]; back: string[] } {
  const gone = new Set<string>()
  const back = new Set<string>()
  for (const event of events) {
    if (event.type !== 'message:deleted' && event.type !== 'message:restored') continue
    const [to, from] = event.type === 'message:deleted' ? [gone, back] : [back, gone]
    for (const id of event.messageIds) {
      to.add(id)
      from.delete(id)
    }
  }
  return { gone: [...gone], back: [...back] }
}

function isIn(messages: readonly Message[], id: string | undefined): boolean {
  return messages.some((message) => message.id === id)
}

/** Among the messages, or beside one of them: of several answers, one is shown. */
function isKnown({ messages, branches }: SessionState, id: string): boolean {
  return isIn(messages, id) || Object.values(branches).some((ids) => ids.includes(id))
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
