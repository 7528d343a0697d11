import { useSyncExternalStore } from 'react'

const QUERY = '(prefers-color-scheme: dark)'

/** Whether the page is dark; null on the server, which does not know. */
export function useIsDark(): boolean | null {
  return useSyncExternalStore<boolean | null>(subscribe, isDark, () => null)
}

function isDark(): boolean {
  return getComputedStyle(document.documentElement).colorScheme === 'dark'
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(QUERY)
  const observer = new MutationObserver(listener)
  query.addEventListener('change', listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    query.removeEventListener('change', listener)
    observer.disconnect()
  }
}
