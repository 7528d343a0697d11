'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useState } from 'react'
import { type ListedSession, useSessionList } from '#lib/client/index.ts'
import { Icon } from '../ui/icon.tsx'

/** One session: open it, rename it, delete it. The tick before it is its line. */
export function SessionRow({ session, isOpen }: { session: ListedSession; isOpen: boolean }) {
  const [isRenaming, setIsRenaming] = useState(false)
  const list = useSessionList()
  const router = useRouter()
  const title = session.title ?? 'New session'

  const remove = () => {
    void list.remove(session)
    if (isOpen) router.push('/')
  }
  if (isRenaming) {
    const rename = (to: string) => {
      setIsRenaming(false)
      if (to !== '' && to !== session.title) void list.rename(session.id, to)
    }
    return (
      <li className="session-row" data-open={isOpen}>
        <RenameField title={title} onDone={rename} />
      </li>
    )
  }
  return (
    <li className="session-row" data-open={isOpen}>
      <i className="tick" data-state={session.active ? 'working' : isOpen ? 'open' : 'quiet'} aria-hidden="true" />
      <Link
        href={`/chat/${session.id}`}
        className="session-link"
        aria-current={isOpen ? 'page' : undefined}
        onKeyDown={(event) => {
          if (event.key === 'F2') setIsRenaming(true)
        }}
      >
        {title}
        {session.active && <span className="sr-only"> (working)</span>}
      </Link>
      <span className="session-actions">
        <button type="button" className="icon-button" aria-label={`Rename ${title}`} onClick={() => setIsRenaming(true)}>
          <Icon name="edit" />
        </button>
        <button type="button" className="icon-button" aria-label={`Delete ${title}`} onClick={remove}>
          <Icon name="trash" />
        </button>
      </span>
    </li>
  )
}

function RenameField({ title, onDone }: { title: string; onDone: (title: string) => void }) {
  const [text, setText] = useState(title)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') onDone(text.trim())
    if (event.key === 'Escape') onDone('')
  }
  return (
    <input
      className="w-full rounded-control bg-transparent px-1 text-ink outline-offset-2"
      aria-label="Title"
      maxLength={200}
      ref={(field) => field?.focus()}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text.trim())}
      onKeyDown={onKeyDown}
    />
  )
}
