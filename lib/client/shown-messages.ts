import type { Message } from '#lib/protocol/index.ts'
import type { SessionView } from './session-store.ts'

/** What was said, without what a message that is on its way takes the place of. One that was refused takes nobody's. */
export function shownMessages({ state: { messages }, outgoing }: Pick<SessionView, 'state' | 'outgoing'>): Message[] {
  const replaced = new Set(outgoing.flatMap((one) => (one.status === 'sending' || one.isWaiting ? (one.replaces ?? []) : [])))
  const end = replaced.size === 0 ? -1 : messages.findIndex((message) => replaced.has(message.id))
  return end < 0 ? messages : messages.slice(0, end)
}
