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
    return true
  } catch {
    // Not only what it says of a formula: of one that is very deep, its parser runs out of stack.
    return false
  }
}
