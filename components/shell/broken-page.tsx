import { EndPage } from './end-page.tsx'

export interface BrokenPageProps {
  error: Error & { digest?: string }
}

/** What is shown where a page, or a part of it, failed. What was typed is in the browser's storage by then. */
export function BrokenPage({ error: { digest } }: BrokenPageProps) {
  const actions = (
    <>
      <button type="button" className="button" data-kind="first" onClick={() => location.reload()}>
        Try again
      </button>
      <a className="button" href="/">
        New session
      </a>
    </>
  )
  return (
    <EndPage line="failed" title="This page broke" actions={actions}>
      <p>Something failed here that should not. What was said is kept, and so is what you were writing. Answers go on being written.</p>
      {digest && (
        <p>
          The server’s log tells more under <code className="code">{digest}</code>.
        </p>
      )}
    </EndPage>
  )
}
