'use client'
import type { ReactNode } from 'react'
import { Icon } from '../ui/icon.tsx'
import { useDrawer } from './drawer.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

/** What is open, and what can be done with it: `children` stand at its end. */
export function Header({ title, children }: { title?: string; children?: ReactNode }) {
  const drawer = useDrawer()
  return (
    <header className="flex min-w-0 items-center gap-3 px-[22px] py-2.5 text-list max-[760px]:px-4">
      <button
        type="button"
        className="icon-button min-[761px]:hidden"
        aria-label="Sessions"
        aria-expanded={drawer.isOpen}
        onClick={drawer.open}
      >
        <Icon name="menu" />
      </button>
      {title !== undefined && <h1 className="min-w-0 truncate font-semibold">{title}</h1>}
      <span className="ml-auto flex min-w-0 max-w-[60%] flex-none items-center gap-2">
        <ThemeToggle />
        {children}
      </span>
    </header>
  )
}
