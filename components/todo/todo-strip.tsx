'use client'
import { useMemo } from 'react'
import type { SessionState } from '#lib/protocol/index.ts'
import { todoInMessages, todoInParts, todoSummary } from './read-todo.ts'
import { TodoItems } from './todo-items.tsx'

/** The session's newest list of things to do, folded; gone when all is done and nothing runs. */
export function TodoStrip({ messages, activeRun }: Pick<SessionState, 'messages' | 'activeRun'>) {
  const settled = useMemo(() => todoInMessages(messages), [messages])
  const items = (activeRun?.answer && todoInParts(activeRun.answer.parts)) ?? settled
  if (!items || items.length === 0) return null
  const isDone = items.every(({ status }) => status === 'done')
  if (isDone && !activeRun) return null
  return (
    <details className="strip todo-strip">
      <summary>
        <span className="truncate">{todoSummary(items)}</span>
      </summary>
      <TodoItems items={items} />
    </details>
  )
}
