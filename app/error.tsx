'use client'
import { BrokenPage, type BrokenPageProps } from '#components/shell/broken-page.tsx'

/** What stands around every page failed. */
export default function ErrorPage(props: BrokenPageProps) {
  return (
    <main className="end-page">
      <BrokenPage {...props} />
    </main>
  )
}
