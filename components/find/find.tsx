'use client'
import { useCallback, useState } from 'react'
import { useCommand } from '../commands/commands.ts'
import { Late, latePart } from '../ui/late.tsx'
import type { FindProps } from './find-bar.tsx'

const lateBar = latePart(async () => (await import('./find-bar.tsx')).FindBar)

/** Ctrl or Cmd with F opens the page's own bar: the browser's finds only what is drawn. From within the bar it opens the browser's. */
export function Find(props: FindProps) {
  const [isOpen, setIsOpen] = useState(false)
  /** Counts the openings, so that the field takes the focus again. */
  const [asked, setAsked] = useState(0)
  const open = useCallback((event?: KeyboardEvent) => {
    if (event?.target instanceof Element && event.target.closest('.find')) return false
    setIsOpen(true)
    setAsked((before) => before + 1)
  }, [])
  useCommand('find', open)
  return isOpen && <Late part={lateBar} props={{ ...props, asked, onClose: () => setIsOpen(false) }} />
}
