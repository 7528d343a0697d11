'use client'
import { usePathname } from 'next/navigation'
import { createContext, type ReactNode, type RefObject, use, useEffect, useMemo, useRef, useState } from 'react'
import { CommandKeys } from '../commands/command-keys.tsx'
import { SkipLink } from './skip-link.tsx'
import { Toast } from './toast.tsx'
import type { Drawer } from './touch.ts'
import { useSendElsewhere } from './use-send-elsewhere.ts'
import { useTouch } from './use-touch.ts'

/** Where the sessions are in a drawer. */
const NARROW = '(max-width: 760px)'

const Context = createContext<Drawer | null>(null)

export function useDrawer(): Drawer {
  const drawer = use(Context)
  if (!drawer) throw new TypeError('useDrawer needs a Shell above it.')
  return drawer
}

/** The frame of every page: the sessions at the side, on a narrow screen in a drawer, and the page beside them. */
export function Shell({ sidebar, children }: { sidebar: ReactNode; children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false)
  const drawer = useMemo<Drawer>(
    () => ({ isOpen, open: () => setIsOpen(window.matchMedia(NARROW).matches), close: () => setIsOpen(false) }),
    [isOpen],
  )
  const panel = useRef<HTMLElement>(null)
  const pathname = usePathname()
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer
  useEffect(() => setIsOpen(false), [pathname])
  useModal(panel, drawer)
  useTouch(drawer)
  useSendElsewhere()
  return (
    <Context value={drawer}>
      <div className="frame">
        <SkipLink />
        <aside ref={panel} className="drawer" data-open={isOpen} aria-label="Sessions">
          {sidebar}
        </aside>
        {isOpen && <button type="button" className="scrim" aria-label="Close sessions" onClick={drawer.close} />}
        {/* Not reachable while the drawer is open: so the focus stays in the drawer. */}
        <main className="page" inert={isOpen} tabIndex={-1}>
          {children}
        </main>
        <Toast />
        <CommandKeys onLeave={drawer.close} />
      </div>
    </Context>
  )
}

/** Takes the focus into the open drawer and gives it back; Escape closes it, and so does a screen that becomes wide. */
function useModal(panel: RefObject<HTMLElement | null>, { isOpen, close }: Drawer): void {
  useEffect(() => {
    if (!isOpen) return
    const before = document.activeElement
    // A title that is being changed has it already.
    if (!panel.current?.contains(before)) panel.current?.querySelector<HTMLElement>('a, button')?.focus()
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close()
    }
    const narrow = window.matchMedia(NARROW)
    document.addEventListener('keydown', onKey)
    narrow.addEventListener('change', close)
    return () => {
      document.removeEventListener('keydown', onKey)
      narrow.removeEventListener('change', close)
      if (before instanceof HTMLElement) before.focus()
    }
  }, [panel, isOpen, close])
}
