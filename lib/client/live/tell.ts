import { nameOf } from '../session-page.ts'
import { readStored, writeStored } from '../storage.ts'
import type { ListEvent } from './list-events.ts'
import { markTitle } from './window-title.ts'

const KEY = 'rill:notifications'

/** `unsupported`: the browser has none; `blocked`: the user said no to it, and only its settings can change that. */
export type Telling = 'unsupported' | 'blocked' | 'unasked' | 'on' | 'off'

export function tellingNow(): Telling {
  if (typeof Notification === 'undefined' || readStored(KEY) === 'unsupported') return 'unsupported'
  if (Notification.permission === 'denied') return 'blocked'
  if (Notification.permission === 'default') return 'unasked'
  return readStored(KEY) === 'off' ? 'off' : 'on'
}

/** To be called when the user asked for it: the browser asks whether the page may. */
export async function turnOn(): Promise<Telling> {
  writeStored(KEY, null)
  if (tellingNow() === 'unasked') await Notification.requestPermission()
  return tellingNow()
}

export function turnOff(): Telling {
  writeStored(KEY, 'off')
  return tellingNow()
}

export const isToldWhileHidden = () => tellingNow() === 'on'

export interface TellOptions {
  /** One tab tells for all. */
  isLeading: boolean
  /** Whether another tab shows the session. */
  isShown?: boolean | undefined
  onPress: (sessionId: string) => void
}

const WORDS = { done: 'The answer has ended.', waits: 'It waits for you.' } as const
const TITLES = { done: 'Done', waits: 'Waits for you' } as const

/** Tells of what nobody sees: in the title of the session's tabs and, where the user wants it, as a notification. */
export function tellOf({ kind, session }: ListEvent, { isLeading, isShown, onPress }: TellOptions): void {
  const isHere = location.pathname === `/chat/${session.id}`
  if (isHere && document.hidden) markTitle(`${TITLES[kind]} · ${nameOf(session)} · Rill`)
  if (!isLeading || isShown || (isHere && !document.hidden) || !isToldWhileHidden()) return
  try {
    // With a tag: of two tabs that lead for a moment, one is heard.
    const note = new Notification(nameOf(session), { body: WORDS[kind], tag: `rill:${session.id}:${kind}` })
    note.onclick = () => {
      window.focus()
      onPress(session.id)
      note.close()
    }
  } catch (error) {
    // Browsers on phones have them for workers only, and say so only now.
    if (!(error instanceof TypeError)) throw error
    writeStored(KEY, 'unsupported')
  }
}
