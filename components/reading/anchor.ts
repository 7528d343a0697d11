/** What holds the reader's place: something that is drawn, and how far below the top of the view it stands. */
export interface Anchor {
  element: Element
  /** The item that it is in: what is left to hold on to when the element is drawn anew. */
  id: string
  offset: number
}

/** Where a place is looked for, in px below the top of the view: one may fall between two items. */
const PROBES = [4, 36, 90, 180, 300, 450, 600]
const BLOCKS = 'p, li, pre, tr, table, blockquote, h2, h3, h4, h5, h6, summary, article, [data-item]'

/** Of a whole message only the top is held, and what is not laid out yet may change its height within it. */
const WHOLE = 'article, [data-item]'

/** The smallest block at the top of the view, a whole message only where nothing smaller is seen; null when only room is shown. */
export function findAnchor(scroller: Element, column: Element): Anchor | null {
  const view = scroller.getBoundingClientRect()
  const { left, width } = column.getBoundingClientRect()
  let whole: Anchor | null = null
  for (const y of PROBES) {
    if (y > view.height) break
    const at = document.elementFromPoint(left + width / 2, view.top + y)
    const element = at && column.contains(at) ? at.closest(BLOCKS) : null
    const id = element?.closest<HTMLElement>('[data-item]')?.dataset.item
    if (!element || id === undefined) continue
    const anchor = { element, id, offset: element.getBoundingClientRect().top - view.top }
    if (!element.matches(WHOLE)) return anchor
    whole ??= anchor
  }
  return whole
}

/** How far the content has moved away from its place, in px: the view must follow by as much. */
export function driftOf(anchor: Anchor, scroller: Element, itemOf: (id: string) => Element | undefined): number {
  const element = anchor.element.isConnected ? anchor.element : itemOf(anchor.id)
  if (!element) return 0
  const offset = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top
  if (element !== anchor.element) Object.assign(anchor, { element, offset })
  return offset - anchor.offset
}
