import { type Message, needsSnapshot, type RillEvent, type SessionState, toAppError, withoutMessages } from '#lib/protocol/index.ts'
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

  async function catchUp(mine: RillEvent[]): Promise<void> {
    while (waiting === mine) {
      try {
        const fresh = await freshState(mine[0])
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
  async function freshState(cause: RillEvent | undefined): Promise<SessionState> {
    const fresh = await api.snapshot(sessionId)
    const old = cause?.type === 'message:deleted' ? { ...folded(), ...withoutMessages(folded(), cause.messageIds) } : folded()
    if (cause?.type !== 'message:restored' || cause.messageIds.some((id) => isIn(fresh.messages, id))) return withOlder(fresh, old)
    let state = fresh
    while (state.messages.length < old.messages.length + cause.messageIds.length) {
      const first = state.messages[0]
      if (!first || !state.hasOlder) break
      state = withPage(state, await api.messagesBefore(sessionId, first.id))
    }
    return state
  }

  return {
    takes(event) {
      if (waiting) waiting.push(event)
      else if (needsSnapshot(folded(), event)) {
        waiting = [event]
        void catchUp(waiting)
      }
      return waiting !== undefined
    },
    drop() {
      waiting = undefined
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

function isIn(messages: readonly Message[], id: string): boolean {
  return messages.some((message) => message.id === id)
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
