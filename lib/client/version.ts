import { useSyncExternalStore } from 'react'
import { BUILD_HEADER, BUILD_ID } from '#lib/protocol/index.ts'

let isOutdated = false
const listeners = new Set<() => void>()

/** Takes note of which build answered: in a deployment it may be another one than this page's. */
export function noteVersion({ headers }: Response): void {
  const answered = headers.get(BUILD_HEADER)
  const isOther = answered !== null && answered !== BUILD_ID
  if (isOther === isOutdated) return
  isOutdated = isOther
  for (const listener of listeners) listener()
}

/** True while the server that answered last is of another build than this page. */
export function useIsOutdated(): boolean {
  return useSyncExternalStore(subscribe, get, () => false)
}

const get = () => isOutdated

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
