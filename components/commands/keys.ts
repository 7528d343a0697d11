import { readStored } from '#lib/client/index.ts'
import { isApple } from '../ui/is-apple.ts'
import type { CommandId } from './commands.ts'

/** With Ctrl, on Apple's machines with Cmd: there, Ctrl with a letter edits. */
const CHORDS: Record<string, CommandId> = { k: 'palette', j: 'new', f: 'find', '.': 'stop' }
/** Alone, where nothing is typed. */
const SINGLE: Record<string, CommandId> = { '?': 'shortcuts', '/': 'write' }

/** Set while keys alone do nothing: who speaks to a computer, or shakes, presses them unmeant. */
export const NO_SINGLE_KEYS = 'rill:no-single-keys'

/** What a key means, wherever the focus is. In a dialog all keys are its own. */
export function commandOf({ key, ctrlKey, metaKey, altKey, shiftKey, target }: KeyboardEvent): CommandId | undefined {
  if (altKey || document.querySelector('dialog[open]')) return undefined
  if (ctrlKey || metaKey) return shiftKey || ctrlKey === isApple() ? undefined : CHORDS[key.toLowerCase()]
  const isTyped = target instanceof Element && target.closest('input, textarea, select')
  return isTyped || readStored(NO_SINGLE_KEYS) ? undefined : SINGLE[key]
}
