'use client'
import { useCallback, useEffect, useState } from 'react'
import { Late, latePart } from '../ui/late.tsx'
import { type OverlayProps, perform, useCommand } from './commands.ts'
import { commandOf } from './keys.ts'

const latePalette = latePart<OverlayProps>(async () => (await import('./palette.tsx')).Palette)
const lateShortcuts = latePart<OverlayProps>(async () => (await import('./shortcuts.tsx')).Shortcuts)

/** The keys that work everywhere; the palette of all that can be done, and the list of keys. */
export function CommandKeys({ onLeave }: Pick<OverlayProps, 'onLeave'>) {
  const [shown, setShown] = useState<typeof latePalette | null>(null)
  const onClose = useCallback(() => setShown(null), [])
  useCommand(
    'palette',
    useCallback(() => setShown(latePalette), []),
  )
  useCommand(
    'shortcuts',
    useCallback(() => setShown(lateShortcuts), []),
  )
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // What could not be loaded has no other way out.
      if (event.key === 'Escape') onClose()
      const id = commandOf(event)
      if (id && perform(id, event)) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [onClose])
  return shown && <Late key={shown === latePalette ? 0 : 1} part={shown} props={{ onClose, onLeave }} />
}
