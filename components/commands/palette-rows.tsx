import { useLayoutEffect, useRef } from 'react'
import type { CommandId } from './commands.ts'
import { KeyNames } from './key-names.tsx'

export type Row = { type: 'command'; id: CommandId; name: string; keys?: string } | { type: 'session'; id: string; name: string }

export interface PaletteRowsProps {
  id: string
  rows: readonly Row[]
  /** The place of the one that Enter chooses. */
  at: number
  onChoose: (row: Row) => void
}

const GROUPS = [
  { type: 'command', name: 'Here' },
  { type: 'session', name: 'Sessions' },
] as const

/** The list that the field moves in: the focus stays in the field. */
export function PaletteRows({ id, rows, at, onChoose }: PaletteRowsProps) {
  const active = rows[at]
  return (
    <div className="palette-rows" id={id} role="listbox" aria-label="Commands and sessions">
      {GROUPS.map(({ type, name }) => {
        const own = rows.filter((row) => row.type === type)
        return (
          own.length > 0 && (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
            <div key={type} role="group" aria-label={name}>
              <p className="palette-heading" aria-hidden="true">
                {name}
              </p>
              {own.map((row) => (
                <PaletteRow key={row.id} id={`${id}-${row.id}`} row={row} isActive={row === active} onChoose={onChoose} />
              ))}
            </div>
          )
        )
      })}
    </div>
  )
}

interface PaletteRowProps {
  id: string
  row: Row
  isActive: boolean
  onChoose: (row: Row) => void
}

function PaletteRow({ id, row, isActive, onChoose }: PaletteRowProps) {
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: 'nearest' })
  }, [isActive])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field
    <div ref={element} id={id} className="palette-row" role="option" aria-selected={isActive} onClick={() => onChoose(row)}>
      <span className="min-w-0 truncate" dir="auto">
        {row.name}
      </span>
      {row.type === 'command' && row.keys && <KeyNames keys={row.keys} />}
    </div>
  )
}
