'use client'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { Icon } from '../ui/icon.tsx'
import { step } from './step.ts'

export interface MenuProps {
  label: string
  onClose: () => void
  children: ReactNode
}

/** A menu within an `AnchoredDialog`. The arrows, Home, End and letters go through it, Tab leaves it. */
export function Menu({ label, onClose, children }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  useEffect(() => menu.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus(), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Tab') {
      event.preventDefault()
      onClose()
      return
    }
    const all = Array.from(menu.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])
    const at = all.findIndex((item) => item.matches(':focus'))
    const names = all.map((item) => item.getAttribute('aria-label') ?? item.textContent)
    const next = step(event.key, { at, names })
    if (next === undefined) return
    event.preventDefault()
    all[next]?.focus()
  }
  return (
    <div ref={menu} className="menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {children}
    </div>
  )
}

export interface MenuItemProps {
  children: ReactNode
  onPress: () => void
  isDisabled?: boolean
  /** For what is on or off: whether it is on. */
  isOn?: boolean
  /** What it is called, where only a picture is seen. */
  label?: string
}

export function MenuItem({ children, onPress, isDisabled = false, isOn, label }: MenuItemProps) {
  return (
    <button
      type="button"
      {...(isOn === undefined ? { role: 'menuitem' } : { role: 'menuitemcheckbox', 'aria-checked': isOn })}
      aria-label={label}
      title={label}
      aria-disabled={isDisabled || undefined}
      tabIndex={-1}
      className="menu-item"
      onClick={() => {
        if (!isDisabled) onPress()
      }}
    >
      {children}
      {isOn && label === undefined && <Icon name="check" />}
    </button>
  )
}
