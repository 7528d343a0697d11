import { Icon } from '../ui/icon.tsx'
import type { TodoItem } from './read-todo.ts'

/** A list of things to do: what is done is quiet, what is being done stands out. */
export function TodoItems({ items }: { items: readonly TodoItem[] }) {
  return (
    <ul className="todo-items" aria-label="To do">
      {items.map(({ text, status }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two things to do may be called alike
        <li key={index} data-status={status}>
          <span className="todo-sign" aria-hidden="true">
            {status === 'done' ? <Icon name="check" /> : <i />}
          </span>
          <span className="min-w-0">
            {text}
            <span className="sr-only"> ({WORDS[status]})</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

const WORDS = { done: 'done', 'in-progress': 'in progress', pending: 'to do' } as const
