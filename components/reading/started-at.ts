/** Puts a conversation to its end and notes where that is. */
export const START_AT_END =
  "{ const view = document.querySelector('.scroller'); if (view) { view.scrollTo(0, 1e9); view.startedAt = view.scrollTop } }"

/** Where the view stood when the page's own script had put it to its end; 0 where none has, as in a page that came without a load. */
export function startedAt(scroller: HTMLElement & { startedAt?: number }): number {
  return scroller.startedAt ?? 0
}
