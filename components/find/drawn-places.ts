import { Places } from './ranges.ts'

/** So many places are marked at once: a letter stands a hundred thousand times in a long answer. */
export const MOST_MARKED = 2_000

/** Where a text stands in the items that are drawn; each is looked through once, until something in it changes. */
export class DrawnPlaces {
  readonly #text: string
  readonly #known = new WeakMap<Element, Places>()

  constructor(text: string) {
    this.#text = text
  }

  in(item: Element | undefined): Places | undefined {
    if (!item) return undefined
    let places = this.#known.get(item)
    if (!places) {
      places = new Places(item, this.#text)
      this.#known.set(item, places)
    }
    return places
  }

  /** A node has changed. */
  forget(node: Node): void {
    const item = elementOf(node)?.closest('[data-item]')
    if (item) this.#known.delete(item)
  }

  /** Those in some items in order, as far as they may be marked: from `top` in the window on, then those above. */
  near(items: readonly Element[], top: number): StaticRange[] {
    const first = items.findIndex((item) => item.getBoundingClientRect().bottom > top)
    const ordered = first < 0 ? items : [...items.slice(first), ...items.slice(0, first).reverse()]
    const ranges: StaticRange[] = []
    for (const item of ordered) {
      if (ranges.length >= MOST_MARKED) break
      ranges.push(...(this.in(item)?.from(top, MOST_MARKED - ranges.length) ?? []))
    }
    return ranges
  }
}

/** Whether a node is of the answer that is being written. */
export function isLive(node: Node): boolean {
  return elementOf(node)?.closest('[aria-busy="true"]') != null
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement
}
