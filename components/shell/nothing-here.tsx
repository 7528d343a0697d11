import Link from 'next/link'
import { EndPage } from './end-page.tsx'
import { LeftoversEntry } from './leftovers-entry.tsx'

/** An address that leads nowhere, or to a session that is not the visitor's. */
export function NothingHere({ what }: { what: 'page' | 'session' }) {
  const actions = (
    <Link className="button" data-kind="first" href="/">
      New session
    </Link>
  )
  if (what === 'page') {
    return (
      <EndPage line="stopped" title="There is nothing here" actions={actions}>
        <p>No page of Rill has this address. A letter may be missing from it.</p>
        <p>Your sessions are where they were.</p>
      </EndPage>
    )
  }
  return (
    <EndPage line="stopped" title="There is nothing here" actions={actions}>
      <p>The session was deleted, or it belongs to another visitor. Who you are is in this browser’s cookie.</p>
      <p>Your other sessions are where they were.</p>
      <LeftoversEntry />
    </EndPage>
  )
}
