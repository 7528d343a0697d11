'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import type { Reading } from '../reading/use-reading.ts'
import { rangesOf } from './ranges.ts'

export interface MarksOptions {
  text: string
  hits: readonly string[]
  store: SessionStore
  reading: Reading
}

/** Where the place that was found comes to stand, in heights of the view. */
const STANDS_AT = 0.3

/** Marks what was found where it is drawn, and goes from place to place: first within a message, then to the next one. */
export function useMarks({ text, hits, store, reading }: MarksOptions) {
  const [current, setCurrent] = useState<string | null>(null)
  const [isGoing, setIsGoing] = useState(false)
  /** Which of the places within the message. */
  const inside = useRef(0)
  const going = useRef(0)
  const { place, reveal } = reading
  const at = current === null ? -1 : hits.indexOf(current)

  const mark = useCallback(
    (id: string | null) => {
      const own = id === null ? undefined : place.elementOf(id)
      const ranges = own ? rangesOf(own, text) : []
      paint(
        hits.flatMap((hit) => place.elementOf(hit) ?? []).flatMap((element) => rangesOf(element, text)),
        ranges[inside.current],
      )
      return ranges
    },
    [hits, text, place],
  )

  const goTo = useCallback(
    async (id: string, end: 'first' | 'last') => {
      going.current += 1
      const mine = going.current
      setCurrent(id)
      setIsGoing(true)
      const isThere = await store.loadBackTo(id)
      // The page draws what was loaded in its next frame.
      await new Promise((resolve) => requestAnimationFrame(resolve))
      if (mine !== going.current) return
      setIsGoing(false)
      const top = (place.height * STANDS_AT) | 0
      if (isThere || place.has(id)) reveal(id, top)
      const own = place.elementOf(id)
      const count = own ? rangesOf(own, text).length : 0
      inside.current = end === 'first' ? 0 : Math.max(0, count - 1)
      settle(mark(id)[inside.current], id, place.elementOf(id), top, reveal)
    },
    [store, place, reveal, mark, text],
  )

  const go = useCallback(
    (step: 1 | -1) => {
      if (hits.length === 0) return
      const own = current === null ? undefined : place.elementOf(current)
      const ranges = own ? rangesOf(own, text) : []
      const next = inside.current + step
      if (current !== null && at >= 0 && ranges[next]) {
        inside.current = next
        settle(mark(current)[next], current, own, (place.height * STANDS_AT) | 0, reveal)
        return
      }
      const index = at < 0 ? (step > 0 ? 0 : hits.length - 1) : (at + step + hits.length) % hits.length
      void goTo(hits[index] as string, step > 0 ? 'first' : 'last')
    },
    [hits, at, current, place, text, mark, goTo, reveal],
  )

  // What was found first: the last place at or before what the reader sees.
  const first = at < 0 ? place.lastBefore(hits) : null
  const asked = useRef('')
  useEffect(() => {
    if (first === null || asked.current === text) return
    asked.current = text
    void goTo(first, 'last')
  }, [first, text, goTo])

  // What is drawn later is marked as well.
  useEffect(() => {
    let frame = 0
    const again = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => void mark(current))
    }
    again()
    const column = reading.column.current
    const observer = new MutationObserver(again)
    if (column) observer.observe(column, { childList: true, subtree: true, characterData: true })
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [mark, current, reading.column])
  useEffect(() => () => paint([], undefined), [])

  return { at, go, isGoing }
}

/** Brings the very place into view, where the message is higher than the view. */
function settle(
  range: Range | undefined,
  id: string,
  item: HTMLElement | undefined,
  top: number,
  reveal: (id: string, offset: number) => void,
): void {
  if (range && item) reveal(id, top - Math.round(range.getBoundingClientRect().top - item.getBoundingClientRect().top))
}

/** Marks without touching the elements, which are React's. */
function paint(ranges: Range[], current: Range | undefined): void {
  if (!('highlights' in CSS)) return
  CSS.highlights.set('found', new Highlight(...ranges))
  const here = new Highlight(...(current ? [current] : []))
  here.priority = 1
  CSS.highlights.set('found-here', here)
}
