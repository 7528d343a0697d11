/** How long a hidden page goes on: a browser has six connections to a host. */
const HIDDEN_MS = 5_000

/**
 * Begins while the page is shown, and ends a while after it was hidden, once `mayEnd` says so. Returns what ends it for good.
 * `begin` returns what ends it until the page is shown again.
 */
export function whileShown(begin: () => () => void, mayEnd: () => boolean = () => true): () => void {
  let end: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function look(): void {
    clearTimeout(timer)
    if (!document.hidden) end ??= begin()
    else if (end) timer = setTimeout(endOrStay, HIDDEN_MS)
  }

  function endOrStay(): void {
    if (!mayEnd()) {
      timer = setTimeout(endOrStay, HIDDEN_MS)
      return
    }
    end?.()
    end = undefined
  }

  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
    end?.()
    end = undefined
  }
}
