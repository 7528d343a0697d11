import { type Anchor, driftOf, findAnchor } from './anchor.ts'
import type { Item } from './items.ts'
import { startedAt } from './started-at.ts'
import { sticksAfter } from './sticky.ts'
import { itemsBetween, type Range } from './stretches.ts'

/** Drawn beyond each edge of the view, in heights of it; and how near to the edge of what is drawn the view may come. */
const AHEAD = 1.2
const LEAST_AHEAD = 0.6
/** Items that may be drawn without need before they are let go. */
const SPARE = 20
/** Items that the reader did something in stay drawn, the last ones: what was opened in them stays open. */
const TOUCHED = 3
/** So many items that are selected stay drawn. */
const MOST_SELECTED = 200

interface Watcher {
  /** Other items than those that are drawn are needed: draws them, at once. */
  onRange: (range: Range) => void
  onAtEnd: (isAtEnd: boolean) => void
}

/**
 * Where the reader is, in the elements themselves: measures what is drawn, says what must be drawn, and after each change moves
 * the view so that what the reader looks at stays where it is. Knows nothing of React.
 */
export class ReadersPlace {
  items: readonly Item[] = []
  drawn: Range = { from: 0, to: 0 }
  /** Between two items, in px. */
  gap = 26
  readonly #heights = new Map<string, number>()
  readonly #elements = new Map<string, HTMLElement>()
  #scroller: HTMLElement | null = null
  #column: HTMLElement | null = null
  #sizes: ResizeObserver | undefined
  #anchor: Anchor | null = null
  #sticks = true
  /** How far the view was from the top when last looked at. */
  #before = 0
  /** How high its content was then. */
  #tall = 0
  #touched: string[] = []

  readonly heightOf = (item: Item): number => this.#heights.get(item.id) ?? item.estimate

  attach(scroller: HTMLElement | null, column: HTMLElement | null): void {
    const isFirst = this.#scroller === null
    this.#scroller = scroller
    this.#column = column
    if (column) this.gap = Number.parseFloat(getComputedStyle(column).rowGap) || 0
    if (isFirst && scroller && column) this.#takeOver(scroller, column)
  }

  /** Who has moved up before the page came to life is left there. */
  #takeOver(scroller: HTMLElement, column: HTMLElement): void {
    // The room above has got its height just now. What is laid out late may have moved the end, and the view with it.
    const rooms = [...column.querySelectorAll('[data-room]')].reduce((sum, room) => sum + room.getBoundingClientRect().height, 0)
    const left = scroller.scrollHeight - rooms - scroller.clientHeight - scroller.scrollTop
    if (left <= 2 || scroller.scrollTop >= startedAt(scroller)) return
    scroller.scrollTop += rooms
    this.#sticks = false
    this.#before = scroller.scrollTop
    this.#anchor = findAnchor(scroller, column)
  }

  /** For the element of an item, while it is drawn. */
  readonly hold = (element: HTMLElement | null): (() => void) | undefined => {
    if (!element) return
    const id = element.dataset.item ?? ''
    this.#elements.set(id, element)
    this.#sizes?.observe(element)
    return () => {
      this.#elements.delete(id)
      this.#sizes?.unobserve(element)
    }
  }

  holdEnd(): void {
    this.#sticks = true
    this.#anchor = null
    this.#before = this.#scroller?.scrollTop ?? 0
  }

  /** Of an item that is drawn. */
  holdItem(id: string, offset: number): void {
    const element = this.#elements.get(id)
    if (!element) return
    this.#sticks = false
    this.#anchor = { element, id, offset }
    this.#before = this.#scroller?.scrollTop ?? 0
  }

  /** Where the reader is, to come back to it later; null at the end. */
  where(): { id: string; offset: number } | null {
    if (this.#sticks || !this.#anchor || !this.#scroller) return null
    const item = this.#elements.get(this.#anchor.id)
    if (!item) return null
    return { id: this.#anchor.id, offset: Math.round(item.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top) }
  }

  /** Of the view, in px. */
  get height(): number {
    return this.#scroller?.clientHeight ?? 0
  }

  has(id: string): boolean {
    return this.items.some((item) => item.id === id)
  }

  /** Of some items in order, the last one at or before what the reader sees, else the first; null for none. */
  lastBefore(ids: readonly string[]): string | null {
    if (this.#sticks || !this.#anchor) return ids.at(-1) ?? null
    const anchor = this.#anchor
    const here = this.items.findIndex(({ id }) => id === anchor.id)
    const behind = new Set(this.items.slice(here + 1).map(({ id }) => id))
    return ids.findLast((id) => !behind.has(id)) ?? ids[0] ?? null
  }

  elementOf(id: string): HTMLElement | undefined {
    return this.#elements.get(id)
  }

  /** Moves the view to where it was before the content changed. */
  restore(): void {
    const scroller = this.#scroller
    if (!scroller) return
    // The reader has moved and the event that tells is still to come: that move is not undone.
    const moved = scroller.scrollTop - this.#before
    if (this.#sticks && moved < 0 && scroller.scrollHeight >= this.#tall) return
    if (this.#anchor) this.#anchor.offset -= moved
    if (this.#sticks) {
      scroller.scrollTop = scroller.scrollHeight
    } else if (this.#anchor) {
      const drift = driftOf(this.#anchor, scroller, (id) => this.#elements.get(id))
      if (Math.abs(drift) >= 1) scroller.scrollTop += drift
    }
    // This move is not the reader's.
    this.#before = scroller.scrollTop
    this.#tall = scroller.scrollHeight
  }

  /** What must be drawn for an item to be seen with what is around it; undefined when it is not there. */
  around(id: string): Range | undefined {
    const index = this.items.findIndex((item) => item.id === id)
    if (index < 0) return undefined
    const top = this.items.slice(0, index).reduce((sum, item) => sum + this.heightOf(item) + this.gap, 0)
    const height = this.#scroller?.clientHeight ?? 0
    return itemsBetween(this.items, this.heightOf, this.gap, top - AHEAD * height, top + (1 + AHEAD) * height)
  }

  /** Items that stay drawn wherever the view goes: with the focus, what is selected, the last answer, and what was used last. */
  inUse(): ReadonlySet<string> {
    const focused = itemIdOf(document.activeElement)
    const last = this.items.at(-1)
    return new Set([...(focused ? [focused] : []), ...this.#selected(), ...this.#touched, ...(last ? [last.id] : [])])
  }

  /** All between the ends of the selection: what is not drawn is not copied. Of very many the first, and the other end. */
  #selected(): string[] {
    const selection = document.getSelection()
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return []
    const range = selection.getRangeAt(0)
    const isSelected = ({ id }: Item) => {
      const element = this.#elements.get(id)
      return element !== undefined && range.intersectsNode(element)
    }
    const ids = this.items.slice(this.items.findIndex(isSelected), this.items.findLastIndex(isSelected) + 1).map(({ id }) => id)
    return ids.length > MOST_SELECTED ? [...ids.slice(0, MOST_SELECTED), ...ids.slice(-1)] : ids
  }

  watch(watcher: Watcher): () => void {
    const scroller = this.#scroller
    const column = this.#column
    if (!scroller || !column) return () => {}
    const onScroll = () => this.#scrolled(scroller, column, watcher)
    const onClick = ({ target }: Event) => this.#touch(itemIdOf(target as Node))
    this.#sizes = new ResizeObserver((entries) => {
      this.#measure(entries)
      this.restore()
      this.#drawWhatIsSeen(scroller, column, watcher)
    })
    for (const element of [scroller, column, ...this.#elements.values()]) this.#sizes.observe(element)
    scroller.addEventListener('scroll', onScroll, { passive: true })
    watcher.onAtEnd(this.#sticks)
    column.addEventListener('click', onClick)
    return () => {
      this.#sizes?.disconnect()
      this.#sizes = undefined
      scroller.removeEventListener('scroll', onScroll)
      column.removeEventListener('click', onClick)
    }
  }

  #touch(id: string | undefined): void {
    if (id !== undefined) this.#touched = [id, ...this.#touched.filter((other) => other !== id)].slice(0, TOUCHED)
  }

  #measure(entries: ResizeObserverEntry[]): void {
    for (const { target, borderBoxSize } of entries) {
      const id = (target as HTMLElement).dataset.item
      const height = borderBoxSize[0]?.blockSize
      if (id !== undefined && height !== undefined && target.isConnected) this.#heights.set(id, height)
    }
  }

  #scrolled(scroller: HTMLElement, column: HTMLElement, watcher: Watcher): void {
    const now = scroller.scrollTop
    const left = Math.max(0, scroller.scrollHeight - scroller.clientHeight - now)
    this.#sticks = sticksAfter(this.#sticks, { before: this.#before, now, left })
    this.#before = now
    this.#tall = scroller.scrollHeight
    watcher.onAtEnd(this.#sticks)
    this.#anchor = this.#sticks ? null : findAnchor(scroller, column)
    this.#drawWhatIsSeen(scroller, column, watcher)
    // It came into room that was empty: now there is something to hold on to.
    if (!this.#sticks) this.#anchor ??= findAnchor(scroller, column)
  }

  #drawWhatIsSeen(scroller: HTMLElement, column: HTMLElement, { onRange }: Watcher): void {
    const first = column.querySelector('[data-item], [data-room]')
    if (!first || this.items.length === 0) return
    const top = scroller.getBoundingClientRect().top - first.getBoundingClientRect().top
    const height = scroller.clientHeight
    const between = (ahead: number) => itemsBetween(this.items, this.heightOf, this.gap, top - ahead * height, top + (1 + ahead) * height)
    const needed = between(LEAST_AHEAD)
    const most = between(2 * AHEAD + 1)
    const isTooMuch = this.drawn.from < most.from - SPARE || this.drawn.to > most.to + SPARE
    if (needed.from < this.drawn.from || needed.to > this.drawn.to || isTooMuch) onRange(between(AHEAD))
  }
}

function itemIdOf(node: Node | null): string | undefined {
  const element = node instanceof Element ? node : node?.parentElement
  return element?.closest<HTMLElement>('[data-item]')?.dataset.item
}
