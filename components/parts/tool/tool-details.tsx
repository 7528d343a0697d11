import type { ReactNode } from 'react'
import type { ToolPart } from '#lib/protocol/index.ts'
import { JsonTree } from '../../json/json-tree.tsx'
import { LongText } from '../../json/long-text.tsx'
import { todoOf } from '../../todo/read-todo.ts'
import { TodoItems } from '../../todo/todo-items.tsx'
import { ToolResult } from './tool-result.tsx'

/** What a row shows when it is open. */
export function ToolDetails({ part }: { part: ToolPart }) {
  const progress = 'progress' in part && part.status !== 'running' ? part.progress?.text : undefined
  return (
    <div className="tool-details">
      <ToolArguments part={part} />
      {progress && (
        <Field name="Output while it ran">
          <LongText text={progress} />
        </Field>
      )}
      {part.status === 'completed' && !isTodo(part) && (
        <Field name="Result">
          <ToolResult result={part.result} />
        </Field>
      )}
      {part.status === 'failed' && (
        <Field name="Failure">
          <LongText text={part.error} />
        </Field>
      )}
      {part.status === 'denied' && (
        <Field name="Denied">
          <p className="text-ink">{part.reason || 'No reason was given.'}</p>
        </Field>
      )}
    </div>
  )
}

/** What a list gives back is only counted from it. */
function isTodo(part: Extract<ToolPart, { status: 'completed' }>): boolean {
  return todoOf(part.toolName, part.args) !== null
}

function ToolArguments({ part }: { part: ToolPart }) {
  const args = part.status === 'pending' ? part.argsText : part.args
  const items = todoOf(part.toolName, args)
  if (items) return <TodoItems items={items} />
  return <Field name="Arguments">{typeof args === 'string' ? <LongText text={args} /> : <JsonTree value={args} />}</Field>
}

function Field({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="tool-field">
      <p className="text-faint">{name}</p>
      {children}
    </div>
  )
}
