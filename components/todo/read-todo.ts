import * as z from 'zod/mini'
import type { AssistantMessage, Message, Part, ToolPart } from '#lib/protocol/index.ts'

const todoItem = z.object({ text: z.string(), status: z.enum(['pending', 'in-progress', 'done']) })
const todoList = z.object({ items: z.array(todoItem) })
export type TodoItem = z.infer<typeof todoItem>

/** What was written is read once: arguments do not change. */
const known = new WeakMap<object, TodoItem[] | null>()

/** The list that a call of `todo` keeps; null for other tools, and for arguments that are no list. */
export function todoOf(toolName: string, args: unknown): TodoItem[] | null {
  if (toolName !== 'todo' || typeof args !== 'object' || args === null) return null
  const before = known.get(args)
  if (before !== undefined) return before
  const items = todoList.safeParse(args).data?.items ?? null
  known.set(args, items)
  return items
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
