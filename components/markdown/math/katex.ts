import 'katex/dist/katex.min.css'
import katex from 'katex'

/** Draws a formula into an element, node by node, never from HTML. False when it cannot be read. */
export function draw(source: string, element: HTMLElement, displayMode: boolean): boolean {
  try {
    katex.render(source, element, {
      displayMode,
      throwOnError: true,
      trust: false,
      strict: 'ignore',
      errorColor: 'var(--bad)',
      maxSize: 20,
      maxExpand: 500,
    })
    if (!displayMode) for (const base of element.querySelectorAll('.katex-base')) makeScroll(base)
    return true
  } catch {
    // Not only what it says of a formula: of one that is very deep, its parser runs out of stack.
    return false
  }
}

/** A piece that cannot be broken, in a box which may be narrower. */
function makeScroll(base: Element): void {
  const piece = document.createElement('span')
  piece.className = 'formula-piece'
  base.replaceWith(piece)
  piece.append(base)
}
