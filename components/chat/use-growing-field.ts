'use client'
import { type RefObject, useLayoutEffect } from 'react'

/** Lets a text field grow with its text where the browser does not do it by `field-sizing`; null leaves its height to the style. */
export function useGrowingField(field: RefObject<HTMLTextAreaElement | null>, text: string | null): void {
  useLayoutEffect(() => {
    const element = field.current
    if (!element || CSS.supports('field-sizing', 'content')) return
    element.style.height = text === null ? '' : 'auto'
    if (text !== null) element.style.height = `${element.scrollHeight}px`
  }, [field, text])
}
