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
  const isOfAnswer = [range.startContainer, range.endContainer].some((node) => elementOf(node)?.closest('.answer'))
  const text = isOfAnswer ? selection.toString().trim() : ''
  if (!scroller || text === '') return null
  const end = endOf(range)
  const view = scroller.getBoundingClientRect()
  return end && end.bottom > view.top && end.bottom < view.bottom ? { text, left: end.right, top: end.bottom } : null
}

/** Where the last selected word ends: a selection of a whole paragraph reaches to the beginning of what follows it. */
function endOf(range: Range): DOMRect | undefined {
  const { startContainer, startOffset, endContainer, endOffset } = range
  const next = endContainer instanceof Text ? endOffset === 0 && endContainer : endContainer.childNodes[endOffset]
  if (!next) return lastRectOf(range)
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT)
  walker.currentNode = next
  for (let node = walker.previousNode(); node && range.intersectsNode(node); node = walker.previousNode()) {
    // What is on buttons is passed over when things are selected.
    if (node.nodeValue?.trim() === '' || elementOf(node)?.closest('button')) continue
    const words = document.createRange()
    words.selectNodeContents(node)
    if (node === startContainer) words.setStart(node, startOffset)
    return lastRectOf(words)
  }
  return undefined
}

function lastRectOf(range: Range): DOMRect | undefined {
  return Array.from(range.getClientRects()).at(-1)
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement
}
