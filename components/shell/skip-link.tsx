'use client'
import { perform } from '../commands/commands.ts'

/** The first stop of the keyboard: past the sessions, to where one writes; on a page without a field, to the page itself. */
export function SkipLink() {
  const skip = () => {
    if (!perform('write')) document.querySelector<HTMLElement>('main')?.focus()
  }
  return (
    <button type="button" className="button skip-link" onClick={skip}>
      Skip to the page
    </button>
  )
}
