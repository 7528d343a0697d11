'use client'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { type ListedSession, nameOf, useSessionList } from '#lib/client/index.ts'
import { step } from '../menu/step.ts'
import { Dialog } from '../ui/dialog.tsx'
import { isComposing } from '../ui/is-composing.ts'
import { CATALOG, type CommandName } from './catalog.ts'
import { canDo, type OverlayProps, perform } from './commands.ts'
import { ranked } from './fuzzy.ts'
import { PaletteRows, type Row } from './palette-rows.tsx'

/** So many sessions are looked through, and so many of them shown. */
const LOADED = 500
const SHOWN = 50

/** All that can be done here, and every session by its title: a field that looks through them, and a list that the arrows move in. */
export function Palette({ onClose, onLeave }: OverlayProps) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const dialog = useRef<{ close(): void }>(null)
  const listId = useId()
  const router = useRouter()
  const rows = useRows(text)
  const at = Math.min(active, rows.length - 1)

  const choose = (row: Row | undefined) => {
    if (!row) return
    // First all is as it was before: then what is done may take the focus.
    flushSync(() => {
      dialog.current?.close()
      onClose()
      onLeave()
    })
    if (row.type === 'session') router.push(`/chat/${row.id}`)
    else perform(row.id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    const next = step(event.key, { at, names: rows.map(({ name }) => name), isField: true })
    if (next !== undefined) setActive(next)
    else if (event.key === 'Enter') choose(rows[at])
    else return
    event.preventDefault()
  }
  return (
    <Dialog ref={dialog} className="palette" label="Commands" onClose={onClose}>
      <input
        className="palette-field"
        role="combobox"
        aria-label="Command or session"
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={rows[at] && `${listId}-${rows[at].id}`}
        placeholder="What do you want to do?"
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <PaletteRows id={listId} rows={rows} at={at} onChoose={choose} />
      <p className={rows.length > 0 ? 'sr-only' : 'palette-none'} role="status">
        {rows.length === 0 ? 'Nothing is called so.' : text.trim() !== '' && `${rows.length} found`}
      </p>
    </Dialog>
  )
}

const searched = ({ name, words = '' }: CommandName) => `${name} ${words}`

/** What can be done now, and the sessions behind it, also those that the list has not loaded. */
function useRows(text: string): Row[] {
  const { sessions, hasMore, loadMore } = useSessionList()
  const isAsked = text.trim() !== ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page that has come
  useEffect(() => {
    if (isAsked && hasMore && sessions.length < LOADED) void loadMore()
  }, [isAsked, hasMore, sessions.length])
  const commands = ranked(
    text,
    CATALOG.filter(({ id }) => canDo(id)),
    searched,
  )
  return [...commands.map(rowOfCommand), ...ranked(text, sessions, nameOf).slice(0, SHOWN).map(rowOfSession)]
}

const rowOfCommand = ({ id, name, keys }: CommandName): Row => ({ type: 'command', id, name, ...(keys !== undefined && { keys }) })
const rowOfSession = (session: ListedSession): Row => ({ type: 'session', id: session.id, name: nameOf(session) })
