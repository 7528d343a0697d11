'use client'
import Link, { useLinkStatus } from 'next/link'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { type ListedSession, nameOf, useSessionList } from '#lib/client/index.ts'
import { useCommand } from '../commands/commands.ts'
import { useDrawer } from '../shell/drawer.tsx'
import { Icon } from '../ui/icon.tsx'
import { Late, latePart } from '../ui/late.tsx'
import { useReturnedFocus } from '../ui/use-returned-focus.ts'

const lateField = latePart(async () => (await import('./rename-field.tsx')).RenameField)

/** One session: open it, rename it, delete it. The tick before it is its line. */
export function SessionRow({ session, isOpen }: { session: ListedSession; isOpen: boolean }) {
  const [isRenaming, setIsRenaming] = useState(false)
  const link = useRef<HTMLAnchorElement>(null)
  const list = useSessionList()
  const router = useRouter()
  const title = nameOf(session)
  useReturnedFocus(link, isRenaming)

  const remove = () => {
    // The keyboard goes on from the nearest one.
    if (!isOpen) nearest(link.current)?.focus()
    void list.remove(session)
    if (isOpen) router.push('/')
  }
  const drawer = useDrawer()
  useCommand('delete', isOpen ? remove : null)
  useCommand(
    'rename',
    isOpen
      ? () => {
          drawer.open()
          setIsRenaming(true)
        }
      : null,
  )
  if (isRenaming) {
    const rename = (to: string | null) => {
      setIsRenaming(false)
      if (to && to !== session.title) void list.rename(session.id, to)
    }
    return (
      <li className="session-row" data-open={isOpen}>
        <Late part={lateField} props={{ title, onDone: rename }} />
      </li>
    )
  }
  return (
    <li className="session-row" data-open={isOpen}>
      <i className="tick" data-state={tickOf(session, isOpen)} aria-hidden="true" />
      <Link
        ref={link}
        href={`/chat/${session.id}`}
        className="session-link"
        title={title}
        aria-current={isOpen ? 'page' : undefined}
        onDoubleClick={() => setIsRenaming(true)}
        onKeyDown={(event) => {
          if (event.key === 'F2') setIsRenaming(true)
        }}
      >
        <Coming />
        {title}
        {(session.waiting || session.active) && <span className="sr-only"> ({session.waiting ? 'waits for you' : 'working'})</span>}
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

/** Marks a row whose page is on its way: on a slow network the press would seem to do nothing. */
function Coming() {
  const { pending } = useLinkStatus()
  return pending && <i className="coming" aria-hidden="true" />
}

function tickOf({ waiting, active }: ListedSession, isOpen: boolean): string {
  if (waiting) return 'waiting'
  if (active) return 'working'
  return isOpen ? 'open' : 'quiet'
}

/** The link of the session below; of the last one, that of the one above. */
function nearest(link: HTMLElement | null): HTMLElement | undefined {
  const links = [...document.querySelectorAll<HTMLElement>('.session-link')]
  const at = link ? links.indexOf(link) : -1
  return links[at + 1] ?? links[at - 1]
}
