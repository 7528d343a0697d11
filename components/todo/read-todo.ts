import { oneOf, shapeOf } from '#lib/client/shape.ts'
import type { AssistantMessage, Message, Part, ToolPart } from '#lib/protocol/index.ts'

const STATUSES = ['pending', 'in-progress', 'done'] as const

export interface TodoItem {
  text: string
  status: (typeof STATUSES)[number]
}

/** What was written is read once: arguments do not change. */
const known = new WeakMap<object, TodoItem[] | null>()

/** The list that a call of `todo` keeps; null for other tools, and for arguments that are no list. */
export function todoOf(toolName: string, args: unknown): TodoItem[] | null {
  if (toolName !== 'todo' || typeof args !== 'object' || args === null) return null
  const before = known.get(args)
  if (before !== undefined) return before
  const items = readItems(args)
  known.set(args, items)
  return items
}

function readItems(args: object): TodoItem[] | null {
  const list = shapeOf(args)?.items
  if (!Array.isArray(list)) return null
  const items = list.flatMap((one) => {
    const { text, status: state } = shapeOf(one) ?? {}
    const status = oneOf(STATUSES, state)
    return typeof text === 'string' && status ? [{ text, status }] : []
  })
  return items.length === list.length ? items : null
}

/** "2 of 5 done · Write the tests": what is being done, or comes next. */
export function todoSummary(items: readonly TodoItem[]): string {
  const done = items.filter(({ status }) => status === 'done').length
  const next = items.find(({ status }) => status === 'in-progress') ?? items.find(({ status }) => status === 'pending')
  return `${done} of ${items.length} done${next ? ` · ${next.text}` : ''}`
}

/** The newest list in an answer, if there is one. A call that failed or was refused kept none. */
export function todoInParts(parts: readonly Part[]): TodoItem[] | null {
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const part = parts[index]
    const items = part?.type === 'tool' && counts(part) ? todoOf(part.toolName, part.args) : null
    if (items) return items
  }
  return null
}

/** The newest list in what is settled. */
export function todoInMessages(messages: readonly Message[]): TodoItem[] | null {
  const isAnswer = (message: Message): message is AssistantMessage => message.role === 'assistant'
  for (const { parts } of messages.filter(isAnswer).reverse()) {
    const items = todoInParts(parts)
    if (items) return items
  }
  return null
}

function counts(part: ToolPart): part is Extract<ToolPart, { status: 'running' | 'completed' }> {
  return part.status === 'running' || part.status === 'completed'
}
