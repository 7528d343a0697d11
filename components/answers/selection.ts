/** A text as lines of a quotation, with a line to go on under it. */
export function quotationOf(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .split('\n')
  return `${lines.map((line) => `> ${line}`.trimEnd()).join('\n')}\n\n`
}

/** What the reader has selected that is in this element, at least in part; empty when nothing is. */
export function selectionIn(element: Element | null | undefined): string {
  const selection = getSelection()
  if (!element || !selection || selection.isCollapsed || selection.rangeCount === 0) return ''
  return selection.getRangeAt(0).intersectsNode(element) ? selection.toString().trim() : ''
}

/** What is selected of an answer, and where it ends in the window; null when nothing is that can be seen. */
export function selectedAnswer(): { text: string; left: number; top: number } | null {
  const selection = getSelection()
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  const scroller = elementOf(range.commonAncestorContainer)?.closest('.scroller')
  const text =
    elementOf(range.startContainer)?.closest('.answer') || elementOf(range.endContainer)?.closest('.answer')
      ? selection.toString().trim()
      : ''
  const end = Array.from(range.getClientRects()).findLast(({ width }) => width > 0)
  if (!scroller || !end || text === '') return null
  const view = scroller.getBoundingClientRect()
  const isSeen = end.bottom > view.top && end.bottom < view.bottom
  return isSeen ? { text, left: end.right, top: end.bottom } : null
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement
}
