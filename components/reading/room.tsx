'use client'
import { useLayoutEffect, useRef } from 'react'

/** The room of what is not drawn. Its height is set by script: the policy of pages allows no style in what the server sends. */
export function Room({ height }: { height: number }) {
  const room = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (room.current) room.current.style.height = `${height}px`
  }, [height])
  return <div ref={room} data-room className="flex-none" aria-hidden="true" />
}
