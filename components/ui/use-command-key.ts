'use client'
import { isApple } from './is-apple.ts'
import { useHydrated } from './use-hydrated.ts'

/** What stands before a key that is pressed with it: "⌘ " on Apple's machines, else "Ctrl+". */
export function useCommandKey(): string {
  return useHydrated() && isApple() ? '⌘ ' : 'Ctrl+'
}
