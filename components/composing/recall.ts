import type { SessionView } from '#lib/client/index.ts'
import { textOf } from '#lib/protocol/index.ts'

/** Words of the user, with the id of their message. */
export interface Words {
  id: string
  text: string
}

/** What the user said in a session as far as it is loaded, newest first, and once what was said again and again. */
export function wordsOf({ state: { messages, queue }, outgoing }: Pick<SessionView, 'state' | 'outgoing'>): Words[] {
  const said = [...messages.filter(({ role }) => role === 'user'), ...queue].map(({ id, parts }) => ({ id, text: textOf(parts) }))
  const all = [...said, ...outgoing.map(({ id, text }) => ({ id, text }))]
  return all.filter(({ text }, index) => text !== all[index + 1]?.text).reverse()
}

/** The words before, or after, those of a message; before null stand the newest. Undefined when there are none. */
export function next(words: readonly Words[], id: string | null, towards: 'older' | 'newer'): Words | undefined {
  const at = id === null ? -1 : words.findIndex((one) => one.id === id)
  return words[towards === 'older' ? at + 1 : at - 1]
}

/** True when the key would leave the field: the caret is on its first line, or on its last. */
export function isAtEdge({ value, selectionStart, selectionEnd }: Caret, towards: 'older' | 'newer'): boolean {
  if (selectionStart !== selectionEnd) return false
  const beyond = towards === 'older' ? value.slice(0, selectionStart) : value.slice(selectionEnd)
  return !beyond.includes('\n')
}

type Caret = Pick<HTMLTextAreaElement, 'value' | 'selectionStart' | 'selectionEnd'>
