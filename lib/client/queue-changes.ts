import { type QueuedMessage, type QueueMode, textOf, type UpdateQueuedRequest } from '#lib/protocol/index.ts'

/** What the user asked for with what waits, and the log does not show yet. */
export type QueueChange =
  | ({ type: 'update'; messageId: string } & UpdateQueuedRequest)
  | { type: 'remove'; messageId: string }
  /** All that waits, in the wanted order. */
  | { type: 'order'; messageIds: string[] }

/** A message that waits, as it is shown. */
export interface WaitingMessage {
  id: string
  text: string
  mode: QueueMode
  /** What is asked for with it, and not certain: its turn may come first. */
  asked: 'update' | 'remove' | null
}

/**
 * What waits, with what was asked for: an order is shown at once, for it can be asked for again at any time. What is changed or
 * removed is marked, and stays until the log says so: its turn may come first.
 */
export function shownQueue(queue: readonly QueuedMessage[], changes: readonly QueueChange[]): WaitingMessage[] {
  const shown = queue.map((message): WaitingMessage => ({ id: message.id, text: textOf(message.parts), mode: message.mode, asked: null }))
  return changes.reduce(withChange, shown)
}

function withChange(shown: WaitingMessage[], change: QueueChange): WaitingMessage[] {
  if (change.type === 'order') return inOrder(shown, change.messageIds)
  return shown.map((message) => {
    if (message.id !== change.messageId) return message
    if (change.type === 'remove') return { ...message, asked: 'remove' }
    return { ...message, asked: message.asked ?? 'update', text: change.text ?? message.text, mode: change.mode ?? message.mode }
  })
}

/** What the order does not name came meanwhile, and stays behind it. */
function inOrder(shown: WaitingMessage[], messageIds: readonly string[]): WaitingMessage[] {
  const named = messageIds.flatMap((id) => shown.find((message) => message.id === id) ?? [])
  return [...named, ...shown.filter((message) => !named.includes(message))]
}

/** Whether the log shows what was asked for, or makes it moot. */
export function isShown(queue: readonly QueuedMessage[], change: QueueChange): boolean {
  if (change.type === 'order') {
    const wanted = change.messageIds.filter((id) => queue.some((message) => message.id === id))
    return wanted.every((id, index) => queue[index]?.id === id)
  }
  const message = queue.find((one) => one.id === change.messageId)
  if (!message) return true
  if (change.type === 'remove') return false
  return (change.mode ?? message.mode) === message.mode && (change.text === undefined || change.text === textOf(message.parts))
}

/** The ids of what waits after one of them was moved up (-1) or down (1); null when it cannot be. */
export function movedBy(shown: readonly WaitingMessage[], messageId: string, by: -1 | 1): string[] | null {
  const ids = shown.map(({ id }) => id)
  const from = ids.indexOf(messageId)
  const to = from + by
  if (from < 0 || to < 0 || to >= ids.length) return null
  ids.splice(to, 0, ...ids.splice(from, 1))
  return ids
}
