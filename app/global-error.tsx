'use client'
import './globals.css'
import { BrokenPage, type BrokenPageProps } from '#components/shell/broken-page.tsx'

/** The document itself failed: this one takes its place. */
export default function GlobalError(props: BrokenPageProps) {
  return (
    <html lang="en">
      <body>
        <title>This page broke · Rill</title>
        <main className="end-page">
          <BrokenPage {...props} />
        </main>
      </body>
    </html>
  )
}
