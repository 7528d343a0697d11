/** What the window is called; a mark stands before it until the page is seen. */
let own: string | undefined
let mark: string | undefined
/** What others last called it: theirs again once nobody holds it. */
let others: string | undefined

let observer: MutationObserver | undefined

/**
 * Calls the window `title` until the returned function is called, whoever else writes it: React hydrates the server's
 * title when it comes to it, which may be after this page said a newer one.
 */
export function holdTitle(title: string): () => void {
  own = title
  if (!observer) {
    observer = new MutationObserver(keep)
    observer.observe(document.head, { childList: true, subtree: true, characterData: true })
  }
  write()
  return () => {
    if (own !== title) return
    observer?.disconnect()
    observer = undefined
    if (others !== undefined && document.title === (mark ?? own)) document.title = others
    own = undefined
    others = undefined
  }
}

/** Calls the window `title` until the page is seen. */
export function markTitle(title: string): void {
  mark = title
  document.addEventListener('visibilitychange', unmark)
  write()
}

function unmark(): void {
  if (document.hidden) return
  document.removeEventListener('visibilitychange', unmark)
  mark = undefined
  write()
}

function keep(): void {
  if (document.title === (mark ?? own)) return
  others = document.title
  write()
}

function write(): void {
  const title = mark ?? own
  if (title !== undefined && document.title !== title) document.title = title
}
