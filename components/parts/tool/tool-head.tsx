'use client'
import { type Ref, useMemo } from 'react'
import type { ToolPart } from '#lib/protocol/index.ts'
import { Expiry } from '../../approval/expiry.tsx'
import { todoOf, todoSummary } from '../../todo/read-todo.ts'
import { Icon } from '../../ui/icon.tsx'
import { duration } from '../duration.ts'
import { Elapsed } from './elapsed.tsx'
import { ToolName } from './tool-name.tsx'
import { summaryOf } from './tool-summary.ts'

export interface ToolHeadProps {
  ref: Ref<HTMLButtonElement>
  part: ToolPart
  /** Null while there is nothing to open. */
  isOpen: boolean | null
  onToggle: () => void
}

/** The row of a call: how it stands, its name, its arguments in short, how long it took. */
export function ToolHead({ ref, part, isOpen, onToggle }: ToolHeadProps) {
  const { sign, tone, label } = LOOKS[part.status]
  const args = part.status === 'pending' ? part.argsText : part.args
  const summary = useMemo(() => {
    const items = todoOf(part.toolName, args)
    return items ? todoSummary(items) : summaryOf(args)
  }, [part.toolName, args])
  return (
    <button
      ref={ref}
      type="button"
      className="tool-head"
      aria-expanded={isOpen ?? undefined}
      onClick={isOpen === null ? undefined : onToggle}
    >
      <span className={`grid size-4 flex-none place-items-center ${tone}`} role="img" aria-label={label}>
        {sign === 'dot' ? <i className="block size-2 forced-color-adjust-none rounded-full bg-current" /> : <Icon name={sign} />}
      </span>
      <ToolName name={part.toolName} />
      <span className="min-w-0 flex-1 truncate text-soft">{part.status === 'awaiting-approval' ? <Asks part={part} /> : summary}</span>
      <span className="flex-none whitespace-nowrap text-faint text-small tabular-nums">
        <Took part={part} label={label} />
      </span>
    </button>
  )
}

function Asks({ part }: { part: Extract<ToolPart, { status: 'awaiting-approval' }> }) {
  return (
    <>
      {part.form ? 'asks you' : 'waits for you'}
      <Expiry at={part.expiresAt} />
    </>
  )
}

function Took({ part, label }: { part: ToolPart; label: string }) {
  if ('durationMs' in part) return duration(part.durationMs)
  if (part.status === 'running') return <Elapsed since={part.startedAt} label={label} />
  return part.status === 'awaiting-approval' ? null : label
}

const LOOKS = {
  pending: { sign: 'dot', tone: 'text-stream', label: 'being written' },
  running: { sign: 'dot', tone: 'text-stream', label: 'running' },
  'awaiting-approval': { sign: 'dot', tone: 'text-warn', label: 'waits for you' },
  approved: { sign: 'dot', tone: 'text-stream', label: 'approved' },
  completed: { sign: 'check', tone: 'text-good', label: 'completed' },
  failed: { sign: 'close', tone: 'text-bad', label: 'failed' },
  denied: { sign: 'close', tone: 'text-warn', label: 'denied' },
} as const
