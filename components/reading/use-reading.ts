'use client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { SessionView } from '#lib/client/index.ts'
import { type Item, itemsOf } from './items.ts'
import { ReadersPlace } from './readers-place.ts'
import { lastItems, type Range, type Stretch, stretchesOf } from './stretches.ts'

/** What is drawn at first, in px from the end: more than the highest screens show. Server and browser agree on it. */
const FIRST_HEIGHT = 3_000

export interface Reading {
  /** The element that scrolls. */
  scroller: RefObject<HTMLDivElement | null>
  /** The element inside it that holds the items. */
  column: RefObject<HTMLDivElement | null>
  /** What is drawn, and the room between. */
  stretches: Stretch[]
  isAtEnd: boolean
  toEnd: () => void
  /** Draws an item, wherever it is, and puts it at the top of the view, or so far below it. */
  reveal: (id: string, offset?: number) => void
  place: ReadersPlace
}

/** Which items are drawn: from one to another; `last` null means through to the end, whatever comes. */
interface Drawn {
  first: string | null
  last: string | null
  kept: ReadonlySet<string>
}

const NOTHING_KEPT: ReadonlySet<string> = new Set()

/**
 * Keeps few items of a long conversation drawn and the reader where they are: at the end while they are there, else at the text
 * that they read, whatever is put in, taken away or grows above or below it.
 */
export function useReading(view: SessionView): Reading {
  const scroller = useRef<HTMLDivElement>(null)
  const column = useRef<HTMLDivElement>(null)
  const { state, outgoing } = view
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the view, only these count
  const items = useMemo(() => itemsOf(view), [state.messages, state.activeRun?.id, state.activeRun?.answer?.id, outgoing])
  const indexes = useMemo(() => new Map(items.map(({ id }, index) => [id, index])), [items])
  const [place] = useState(() => new ReadersPlace())
  const [isAtEnd, setIsAtEnd] = useState(true)
  const [drawn, setDrawn] = useState<Drawn>(() => atEnd(items, place, NOTHING_KEPT))

  const show = useCallback((next: Drawn) => flushSync(() => setDrawn(next)), [])
  const drawRange = useCallback(
    ({ from, to }: Range) => {
      const all = place.items
      show({ first: all[from]?.id ?? null, last: to >= all.length - 1 ? null : (all[to]?.id ?? null), kept: place.inUse() })
    },
    [place, show],
  )
  const toEnd = useCallback(() => {
    place.holdEnd()
    setIsAtEnd(true)
    show(atEnd(place.items, place, place.inUse()))
    place.restore()
  }, [place, show])
  const reveal = useCallback(
    (id: string, offset = 0) => {
      const range = place.around(id)
      if (!range) return
      drawRange(range)
      place.holdItem(id, offset)
      setIsAtEnd(false)
      place.restore()
    },
    [place, drawRange],
  )

  const range = rangeOf(drawn, indexes, items)
  useLayoutEffect(() => {
    place.items = items
    place.drawn = range
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when other items are drawn, and at first
  useLayoutEffect(() => {
    place.attach(scroller.current, column.current)
    place.restore()
  }, [items, drawn])
  useEffect(() => place.watch({ onRange: drawRange, onAtEnd: setIsAtEnd }), [place, drawRange])
  const stretches = stretchesOf(items, place.heightOf, place.gap, range, drawn.kept)
  return { scroller, column, stretches, isAtEnd, toEnd, reveal, place }
}

function atEnd(items: readonly Item[], place: ReadersPlace, kept: ReadonlySet<string>): Drawn {
  const { from } = lastItems(items, place.heightOf, FIRST_HEIGHT)
  return { first: items[from]?.id ?? null, last: null, kept }
}

/** Items that are gone, as a key that changed, leave the rest drawn. */
function rangeOf({ first, last }: Drawn, indexes: ReadonlyMap<string, number>, items: readonly Item[]): Range {
  const end = items.length - 1
  const to = last === null ? end : (indexes.get(last) ?? end)
  const from = (first === null ? 0 : indexes.get(first)) ?? Math.max(0, to - 10)
  return { from: Math.min(from, to), to }
}
