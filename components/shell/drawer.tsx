'use client'
import { usePathname } from 'next/navigation'
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from 'react'

interface Drawer {
  isOpen: boolean
  open: () => void
  close: () => void
}

const Context = createContext<Drawer | null>(null)

export function useDrawer(): Drawer {
  const drawer = use(Context)
  if (!drawer) throw new TypeError('useDrawer needs a Shell above it.')
  return drawer
}

/** The frame of every page: the sessions at the side, on a narrow screen in a drawer, and the page beside them. */
export function Shell({ sidebar, children }: { sidebar: ReactNode; children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false)
  const drawer = useMemo<Drawer>(() => ({ isOpen, open: () => setIsOpen(true), close: () => setIsOpen(false) }), [isOpen])
  const pathname = usePathname()
  const panel = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer
  useEffect(() => setIsOpen(false), [pathname])
  useEffect(() => {
    if (!isOpen) return
    const before = document.activeElement
    panel.current?.querySelector<HTMLElement>('a, button')?.focus()
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setIsOpen(false)
    }
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      if (before instanceof HTMLElement) before.focus()
    }
  }, [isOpen])
  return (
    <Context value={drawer}>
      <div className="frame">
        <aside ref={panel} className="sidebar" data-open={isOpen} aria-label="Sessions">
          {sidebar}
        </aside>
        {isOpen && <button type="button" className="scrim" aria-label="Close sessions" onClick={drawer.close} />}
        <main className="page" inert={isOpen}>
          {children}
        </main>
      </div>
    </Context>
  )
}
