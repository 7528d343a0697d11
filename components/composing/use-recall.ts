'use client'
import { type RefObject, useEffect, useRef } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { isComposing } from '../ui/is-composing.ts'
import { replaceText } from './field.ts'
import { isAtEdge, next, type Words, wordsOf } from './recall.ts'

export interface RecallOptions {
  field: RefObject<HTMLTextAreaElement | null>
  store: SessionStore | undefined
  /** The key was pressed before this was there. */
  isAsked: boolean
}

/**
 * In an empty field the arrow up brings back what the user said before, and further up what was said before that; down goes the other
 * way, and Escape empties the field again. What was changed in it is the user's own from then on, and stays.
 */
export function useRecall({ field, store, isAsked }: RecallOptions): void {
  const wasAsked = useRef(isAsked)
  useEffect(() => {
    const element = field.current
    if (!element || !store) return
    let shown: Words | null = null
    const show = (words: Words | null) => {
      shown = words
      replaceText(element, 0, element.value.length, words?.text ?? '')
    }
    const recalled = () => (shown?.text === element.value ? shown : null)
    const older = async () => {
      const from = recalled()
      const { value } = element
      for (;;) {
        const { messages, hasOlder } = store.get().state
        const words = next(wordsOf(store.get()), from?.id ?? null, 'older')
        if (words) return show(words)
        if (!hasOlder) return
        await store.loadOlder()
        const isStuck = store.get().state.messages[0]?.id === messages[0]?.id
        if (isStuck || element.value !== value) return
      }
    }
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, altKey, ctrlKey, metaKey, shiftKey, defaultPrevented } = event
      const from = recalled()
      if (altKey || ctrlKey || metaKey || shiftKey || defaultPrevented || isComposing({ nativeEvent: event })) return
      if (element.value !== '' && !from) return
      if (key === 'ArrowUp' && isAtEdge(element, 'older')) void older()
      else if (key === 'ArrowDown' && from && isAtEdge(element, 'newer')) show(next(wordsOf(store.get()), from.id, 'newer') ?? null)
      else if (key === 'Escape' && from) show(null)
      else return
      event.preventDefault()
    }
    if (wasAsked.current && element.value === '') void older()
    wasAsked.current = false
    element.addEventListener('keydown', onKeyDown)
    return () => element.removeEventListener('keydown', onKeyDown)
  }, [field, store])
}
