import { type SessionView, shownMessages } from '#lib/client/index.ts'
import type { Message, Part } from '#lib/protocol/index.ts'

/** What stands in the conversation one below the other: a message, the answer that is written, or what is on its way. */
export interface Item {
  id: string
  /** How high it may be, in px, until it was drawn. The same on the server. */
  estimate: number
}

/** All that can be drawn, in order: the settled messages, the answer that is being written, and what is on its way. */
export function itemsOf(view: SessionView): Item[] {
  const { activeRun } = view.state
  const items = shownMessages(view).map(itemOf)
  if (activeRun) items.push({ id: activeRun.answer?.id ?? activeRun.id, estimate: 200 })
  for (const one of view.outgoing) items.push({ id: one.id, estimate: heightOfText(one.text.length) })
  return items
}

/** Messages do not change: each is looked at once. */
const known = new WeakMap<Message, Item>()

function itemOf(message: Message): Item {
  let item = known.get(message)
  if (!item) {
    const footer = message.role === 'assistant' ? 34 : 18
    item = { id: message.id, estimate: message.parts.reduce((sum, part) => sum + heightOf(part), footer) }
    known.set(message, item)
  }
  return item
}

function heightOf(part: Part): number {
  return part.type === 'text' || part.type === 'steer' ? heightOfText(part.text.length) : 40
}

/** Lines of some 70 characters; paragraphs, lists and code leave much of theirs empty. */
function heightOfText(length: number): number {
  return Math.ceil(length / 55) * 26
}
