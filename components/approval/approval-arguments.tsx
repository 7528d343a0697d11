import { memo } from 'react'
import { CHUNK, isParent, sizeOf } from '../json/branches.ts'
import { ExactText } from '../json/exact-text.tsx'
import { JsonTree } from '../json/json-tree.tsx'
import { LongText } from '../json/long-text.tsx'

/** The arguments of a call, laid out to be read, with nothing hidden: exactly what would run. */
export const ApprovalArguments = memo(function ApprovalArguments({ args }: { args: unknown }) {
  if (!isParent(args) || Array.isArray(args) || sizeOf(args) > CHUNK) {
    return (
      <div className="px-3 pb-2.5">
        <Value value={args} />
      </div>
    )
  }
  const entries = Object.entries(args)
  if (entries.length === 0) return <p className="px-3 pb-2.5 text-small text-soft">It takes no arguments.</p>
  return (
    <dl className="approval-arguments">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>
            <ExactText text={name} />
          </dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
})

/** In characters: a longer text, or one of many lines, stands in a box that scrolls. */
const SHORT = 300

function Value({ value }: { value: unknown }) {
  if (value === '') return <span className="text-faint">empty</span>
  if (typeof value !== 'string') return <JsonTree value={value} isExact />
  if (value.length > SHORT || value.includes('\n')) return <LongText text={value} isExact />
  return <ExactText text={value} />
}
