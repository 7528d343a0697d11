import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:held-back'
/** The way to the server changes, and a server that was slow to start looks the same. */
const TRIAL_EVERY_MS = 120_000

/** What this browser knows of the way to the server: whether something on it holds streams back, and when to try one again. */
export const heldBack = {
  isKnown: () => readStored(KEY) !== null,

  /** Streams were held back just now: the next trial is in two minutes. */
  note: () => writeStored(KEY, String(Date.now() + TRIAL_EVERY_MS)),

  isTrialDue() {
    const leftMs = Number(readStored(KEY)) - Date.now()
    // A clock that was set, or a value that is none of ours, must not put it off for good.
    return !(leftMs > 0 && leftMs <= TRIAL_EVERY_MS)
  },

  /** The network is another, perhaps. */
  tryAgain() {
    if (heldBack.isKnown()) writeStored(KEY, '0')
  },

  forget: () => writeStored(KEY, null),
}

if (typeof window !== 'undefined') window.addEventListener('online', heldBack.tryAgain)
