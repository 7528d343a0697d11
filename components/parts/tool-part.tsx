'use client'
import { memo, useState } from 'react'
import type { ToolPart } from '#lib/protocol/index.ts'
import { Icon } from '../ui/icon.tsx'
import { Words } from '../ui/words.tsx'
import { duration } from './duration.ts'

/** One tool call as a row that opens: what was called, with what, and what came of it. */
export const ToolPartView = memo(function ToolPartView({ part }: { part: ToolPart }) {
  const [isOpen, setIsOpen] = useState(false)
  const { sign, tone, label } = LOOKS[part.status]
  return (
    <div className="my-3 first:mt-0 rounded-block border border-hair bg-raised text-list">
      <button
        type="button"
        className="flex w-full items-center gap-2.5 rounded-block px-3 py-2 text-left"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className={tone} role="img" aria-label={label}>
          {sign === 'check' || sign === 'close' ? <Icon name={sign} /> : <i className="block size-2 rounded-full bg-current" />}
        </span>
        <span className="max-w-[60%] shrink-0 truncate font-medium font-mono text-[13px]">{part.toolName}</span>
        <span className="min-w-0 truncate text-soft">{summaryOf(part)}</span>
        <span className="ml-auto whitespace-nowrap text-faint text-small">{'durationMs' in part ? duration(part.durationMs) : label}</span>
      </button>
      {isOpen && <Details part={part} />}
    </div>
  )
})

const LOOKS = {
  pending: { sign: 'dot', tone: 'text-stream', label: 'being written' },
  running: { sign: 'dot', tone: 'text-stream', label: 'running' },
  'awaiting-approval': { sign: 'dot', tone: 'text-warn', label: 'waits for you' },
  approved: { sign: 'dot', tone: 'text-stream', label: 'approved' },
  completed: { sign: 'check', tone: 'text-good', label: 'completed' },
  failed: { sign: 'close', tone: 'text-bad', label: 'failed' },
  denied: { sign: 'close', tone: 'text-warn', label: 'denied' },
} as const

function Details({ part }: { part: ToolPart }) {
  return (
    <div className="border-hair border-t px-3 py-2 text-small">
      <Field name="Arguments" value={part.status === 'pending' ? part.argsText : part.args} />
      {part.status === 'completed' && <Field name="Result" value={part.result} />}
      {part.status === 'failed' && <Field name="Failure" value={part.error} />}
      {part.status === 'denied' && <Field name="Denied" value={part.reason ?? 'No reason was given.'} />}
    </div>
  )
}

function Field({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <p className="text-faint">{name}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="mb-2 max-h-80 overflow-auto whitespace-pre-wrap break-words font-mono last:mb-0" tabIndex={0}>
        <Words text={typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')} />
      </pre>
    </>
  )
}

/** The arguments' values, on one line. */
function summaryOf(part: ToolPart): string {
  if (part.status === 'pending') return part.argsText.slice(0, 200)
  if (typeof part.args !== 'object' || part.args === null) return String(part.args ?? '').slice(0, 200)
  return Object.values(part.args)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(' · ')
    .slice(0, 200)
}
