'use client'
import { memo } from 'react'
import { branchesOf, countValues, isParent, type Parent, sizeOf } from './branches.ts'
import { ExactText } from './exact-text.tsx'
import { Fold } from './fold.tsx'
import { JsonScalar } from './json-scalar.tsx'

/** With more values than this, only the first level is open. */
const OPEN_AT_ONCE = 1_000

export interface JsonTreeProps {
  value: unknown
  /** All open, as far as it can be drawn at once, with nothing hidden: for what a person decides about. */
  isExact?: boolean
}

/** JSON that folds: what is closed is not drawn. */
export const JsonTree = memo(function JsonTree({ value, isExact = false }: JsonTreeProps) {
  const isOpen = isExact && countValues(value, OPEN_AT_ONCE) < OPEN_AT_ONCE
  return (
    <div className="json-tree">
      {isExact && isParent(value) && !isOpen && <p className="text-soft">Too much to show at once: open what you want to see.</p>}
      {isParent(value) && sizeOf(value) > 0 ? (
        <Branches value={value} isExact={isExact} isOpen={isOpen} />
      ) : (
        <JsonScalar value={value} isExact={isExact} />
      )}
    </div>
  )
})

interface BranchesProps {
  value: Parent
  from?: number
  to?: number
  isExact: boolean
  isOpen: boolean
}

function Branches({ value, from, to, ...how }: BranchesProps) {
  return branchesOf(value, from, to).map((branch) =>
    branch.type === 'range' ? (
      <Fold key={branch.from} label={`${branch.from} … ${branch.to - 1}`} isOpen={false}>
        {() => <Branches value={value} from={branch.from} to={branch.to} {...how} />}
      </Fold>
    ) : (
      <Child key={branch.key} name={branch.key} value={branch.value} {...how} />
    ),
  )
}

interface ChildProps {
  name: string
  value: unknown
  isExact: boolean
  isOpen: boolean
}

function Child({ name, value, isExact, isOpen }: ChildProps) {
  const key = <span className="json-key">{isExact ? <ExactText text={name} /> : name}</span>
  if (!isParent(value) || sizeOf(value) === 0) {
    return (
      <p>
        {key}: <JsonScalar value={value} isExact={isExact} />
      </p>
    )
  }
  const size = Array.isArray(value) ? `[${sizeOf(value)}]` : `{${sizeOf(value)}}`
  const label = (
    <>
      {key} <span className="text-faint">{size}</span>
    </>
  )
  return (
    <Fold label={label} isOpen={isOpen}>
      {() => <Branches value={value} isExact={isExact} isOpen={isOpen} />}
    </Fold>
  )
}
