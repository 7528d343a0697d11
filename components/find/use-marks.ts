'use client'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import type { Reading } from '../reading/use-reading.ts'
import { DrawnPlaces, isLive, MOST_MARKED } from './drawn-places.ts'
import { RESTED_MS } from './use-hits.ts'

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
  const way = useRef<AbortController | null>(null)
  const { place, reveal } = reading
  const drawn = useMemo(() => new DrawnPlaces(text), [text])
  const at = current === null ? -1 : hits.indexOf(current)
  const { mark, isCut } = useMark({ hits, drawn, inside, reading })

  /** Brings the very place into view, where the message is higher than the view. */
  const settle = useCallback(
    (id: string) => {
      const top = (place.height * STANDS_AT) | 0
      const range = mark(id)
      const item = place.elementOf(id)
      if (range && item) reveal(id, top - Math.round(range.getBoundingClientRect().top - item.getBoundingClientRect().top))
    },
    [place, reveal, mark],
  )

  const goTo = useCallback(
    async (id: string, end: 'first' | 'last') => {
      way.current?.abort()
      const mine = new AbortController()
      way.current = mine
      setCurrent(id)
      setIsGoing(true)
      const isThere = await store.loadBackTo(id, { signal: mine.signal })
      // The page draws what was loaded in its next frame.
      await new Promise(requestAnimationFrame)
      if (way.current === mine) setIsGoing(false)
      if (mine.signal.aborted) return
      if (isThere || place.has(id)) reveal(id, (place.height * STANDS_AT) | 0)
      const count = drawn.in(place.elementOf(id))?.count ?? 0
      inside.current = end === 'first' ? 0 : Math.max(0, count - 1)
      settle(id)
    },
    [store, place, reveal, drawn, settle],
  )

  const go = useCallback(
    (step: 1 | -1) => {
      if (hits.length === 0) return
      const next = inside.current + step
      const count = at < 0 ? 0 : (drawn.in(place.elementOf(hits[at] as string))?.count ?? 0)
      if (next >= 0 && next < count) {
        inside.current = next
        settle(hits[at] as string)
        return
      }
      const index = at < 0 ? (step > 0 ? 0 : hits.length - 1) : (at + step + hits.length) % hits.length
      void goTo(hits[index] as string, step > 0 ? 'first' : 'last')
    },
    [hits, at, place, drawn, settle, goTo],
  )

  // Whoever looks for something else, or closes the bar, is led nowhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each change of the text
  useEffect(() => () => way.current?.abort(), [text])

  // What was found first: the last place at or before what the reader sees.
  const first = at < 0 ? place.lastBefore(hits) : null
  const asked = useRef('')
  useEffect(() => {
    if (first === null || asked.current === text) return
    asked.current = text
    void goTo(first, 'last')
  }, [first, text, goTo])

  useMarksOfWhatComes({ mark, isCut, current, drawn, reading })
  return { at, go, isGoing }
}

interface MarkOptions {
  hits: readonly string[]
  drawn: DrawnPlaces
  inside: { readonly current: number }
  reading: Reading
}

/** Marks what is drawn; gives the range of the place within a message where the reader is. */
function useMark({ hits, drawn, inside, reading: { place, scroller } }: MarkOptions) {
  /** There are more than are marked. */
  const isCut = useRef(false)
  const mark = useCallback(
    (id: string | null) => {
      const own = id === null ? undefined : drawn.in(place.elementOf(id))
      const here = own?.rangeAt(inside.current)
      const top = (scroller.current?.getBoundingClientRect().top ?? 0) - place.height
      const items = hits.flatMap((hit) => place.elementOf(hit) ?? [])
      const ranges = drawn.near(items, top)
      isCut.current = ranges.length >= MOST_MARKED
      paint(ranges, here)
      return here
    },
    [hits, drawn, inside, place, scroller],
  )
  return { mark, isCut }
}

interface Marking {
  mark: (id: string | null) => void
  isCut: { readonly current: boolean }
  current: string | null
  drawn: DrawnPlaces
  reading: Reading
}

/** What is drawn later is marked as well: in the next frame, but what an answer that is being written says when it rests. */
function useMarksOfWhatComes({ mark, isCut, current, drawn, reading: { column, scroller } }: Marking): void {
  useEffect(() => {
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => mark(current))
    }
    const observer = new MutationObserver((records) => {
      for (const { target } of records) drawn.forget(target)
      clearTimeout(timer)
      if (records.every(({ target }) => isLive(target))) timer = setTimeout(again, RESTED_MS)
      else again()
    })
    const onScroll = () => {
      if (isCut.current) again()
    }
    again()
    const view = scroller.current
    if (column.current) observer.observe(column.current, { childList: true, subtree: true, characterData: true })
    view?.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      view?.removeEventListener('scroll', onScroll)
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    }
  }, [mark, isCut, current, drawn, column, scroller])
  useEffect(() => unpaint, [])
}

/** Marks without touching the elements, which are React's. */
function paint(ranges: readonly StaticRange[], current: Range | undefined): void {
  if (!('highlights' in CSS)) return
  const found = new Highlight()
  for (const range of ranges) found.add(range)
  CSS.highlights.set('found', found)
  const here = new Highlight(...(current ? [current] : []))
  here.priority = 1
  CSS.highlights.set('found-here', here)
}

function unpaint(): void {
  if (!('highlights' in CSS)) return
  CSS.highlights.delete('found')
  CSS.highlights.delete('found-here')
}
