'use client'
import { useEffect, useRef } from 'react'
import type { SessionState } from '#lib/protocol/index.ts'
import { perform } from '../commands/commands.ts'

interface Held {
  element: HTMLElement
  /** The item of the conversation that it is in. */
  item: string | undefined
  /** The row of a tool that it is in. */
  row: Element | null
}

/**
 * When what has the keyboard's focus goes, as a version that another takes the place of, the keyboard goes on from what is called the
 * same there or from the tool's row, else from where one writes. Not under a finger, where a field brings up the keyboard.
 */
export function useFocusAfter({ branches }: SessionState): void {
  const held = useRef<Held | null>(null)
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      held.current = target instanceof HTMLElement && target.closest('.page') ? heldOf(target) : null
    }
    const onBlur = ({ target }: FocusEvent) => {
      // Left on purpose, it is there after it; some browsers tell of one that goes, too.
      queueMicrotask(() => {
        if (held.current?.element === target && held.current.element.isConnected && document.hasFocus()) held.current = null
      })
    }
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', onBlur)
    return () => {
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', onBlur)
    }
  }, [])
  // After each drawing: whatever was drawn may have taken it away.
  useEffect(() => {
    const { current } = held
    if (!current || current.element.isConnected || document.activeElement !== document.body) return
    held.current = null
    const same = sameAs(current, branches)
    if (same) same.focus({ preventScroll: true })
    else if (window.matchMedia('(pointer: fine)').matches) perform('write')
  })
}

function heldOf(element: HTMLElement): Held {
  return { element, item: element.closest<HTMLElement>('[data-item]')?.dataset.item, row: element.closest('.tool') }
}

function nameOf(element: Element): string {
  return element.getAttribute('aria-label') ?? element.textContent
}

/** What is called the same in the item, or in one that stands in its place. */
function sameAs({ element, item, row }: Held, branches: SessionState['branches']): HTMLElement | null | undefined {
  if (row?.isConnected) return row.querySelector('button')
  if (item === undefined) return undefined
  const name = nameOf(element)
  const others = Object.values(branches).find((ids) => ids.includes(item)) ?? [item]
  return Array.from(document.querySelectorAll<HTMLElement>('[data-item] button')).find(
    (button) => nameOf(button) === name && others.includes(button.closest<HTMLElement>('[data-item]')?.dataset.item ?? ''),
  )
}
