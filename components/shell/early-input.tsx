'use client'
import { useEffect, useState } from 'react'

declare global {
  interface Window {
    /** Presses what was kept. */
    rillComeAlive?: () => void
  }
}

/**
 * Does what was pressed before the page came to life (`EarlyInputScript`). Stands in each page: a layout lives before what is in it,
 * and what is pressed there meanwhile React does not hear.
 */
export function EarlyInput() {
  const [isLive, setIsLive] = useState(false)
  useEffect(() => {
    // Not yet at the first time: fields take up what was typed then.
    if (isLive) window.rillComeAlive?.()
    else setIsLive(true)
  }, [isLive])
  return null
}
