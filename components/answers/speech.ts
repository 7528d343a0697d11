import { useSyncExternalStore } from 'react'

/** What is read aloud: one answer at a time in a page. `failed`: the browser could not, or stopped by itself. */
type Reading = { answerId: string; status: 'reading' | 'failed' } | null

let reading: Reading = null
const listeners = new Set<() => void>()

function become(next: Reading): void {
  reading = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function canSpeak(): boolean {
  return typeof speechSynthesis !== 'undefined' && typeof SpeechSynthesisUtterance !== 'undefined'
}

/** Reads these sentences in place of what is read now. */
export function speak(answerId: string, sentences: readonly string[]): void {
  speechSynthesis.cancel()
  const mine = { answerId, status: 'reading' } as const
  become(mine)
  const next = (index: number): void => {
    // What was stopped, or read over, tells of its end too.
    if (reading !== mine) return
    const sentence = sentences[index]
    if (sentence === undefined) {
      become(null)
      return
    }
    const utterance = new SpeechSynthesisUtterance(sentence)
    // Else it would be the page's own: people mostly talk with a model in theirs.
    utterance.lang = navigator.language
    utterance.onend = () => next(index + 1)
    utterance.onerror = () => {
      if (reading === mine) become({ answerId, status: 'failed' })
    }
    speechSynthesis.speak(utterance)
  }
  next(0)
}

/** Stops reading this answer, if that is the one. */
export function stopSpeaking(answerId: string): void {
  if (reading?.answerId !== answerId) return
  become(null)
  speechSynthesis.cancel()
}

/** How the reading of this answer goes; null while it is not read. */
export function useReadingAloud(answerId: string): 'reading' | 'failed' | null {
  return useSyncExternalStore(
    subscribe,
    () => (reading?.answerId === answerId ? reading.status : null),
    () => null,
  )
}
