'use client'

/** Why text comes in pieces, for those who ask. */
export function HeldBackNote() {
  return (
    <div className="strip" role="status">
      <details className="min-w-0">
        <summary>Updates come in pieces: something between you and the server holds the stream back.</summary>
        <p className="mt-1 pl-4">
          Nothing is lost. The page asks for what is new, again and again, and tries every two minutes whether the stream gets through.
          Whoever runs the server sees what to change with <code>npm run doctor</code>.
        </p>
      </details>
    </div>
  )
}
