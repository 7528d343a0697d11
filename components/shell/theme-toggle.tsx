'use client'
import { useCommand } from '../commands/commands.ts'
import { Icon } from '../ui/icon.tsx'

const YEAR_SECONDS = 31_536_000

/** Changes between light and dark; the server reads the cookie, so that a reload shows the choice from the first byte. */
export function ThemeToggle() {
  useCommand('theme', toggle)
  return (
    <button type="button" className="icon-button" aria-label="Change between light and dark" onClick={toggle}>
      <span className="dark-hidden">
        <Icon name="moon" />
      </span>
      <span className="light-hidden">
        <Icon name="sun" />
      </span>
    </button>
  )
}

function toggle(): void {
  const root = document.documentElement
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = isDark ? 'light' : 'dark'
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `rill-theme=${root.dataset.theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
