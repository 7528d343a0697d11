'use client'
import { type ComponentType, type ReactNode, use, useEffect, useState } from 'react'
import { loadLate } from '#lib/client/load-late.ts'

/** A component whose script is loaded when it is first drawn. */
export interface LatePart<Props> {
  Component: ComponentType<Props> | null
  /** Rejects when the script cannot be loaded; it is asked for again the next time. */
  load(): Promise<void>
}

export function latePart<Props>(importIt: () => Promise<ComponentType<Props>>): LatePart<Props> {
  let loading: Promise<void> | null = null
  const part: LatePart<Props> = {
    Component: null,
    load() {
      loading ??= loadLate(importIt).then(
        (Component) => {
          part.Component = Component
        },
        (error) => {
          loading = null
          throw error
        },
      )
      return loading
    },
  }
  return part
}

export interface LateProps<Props> {
  part: LatePart<Props>
  props: Props
  /** What stands there until the script has come, and while it cannot. */
  children?: ReactNode
}

/**
 * Draws a part as soon as its script is there. If that is missing it says so, and asks for it again when told to, or when the network
 * is back.
 *
 * There is no Suspense about it: what is below one comes to life after the page, and is thrown away when the page changes before, with
 * what was typed and pressed there. A page that begins with a part waits for it (`useFromStart`).
 */
export function Late<Props extends object>({ part, props, children = null }: LateProps<Props>): ReactNode {
  const [state, setState] = useState<'asking' | 'there' | 'missing'>(part.Component ? 'there' : 'asking')
  useEffect(() => {
    if (state !== 'asking') return
    let isHere = true
    const become = (next: 'there' | 'missing') => isHere && setState(next)
    part.load().then(
      () => become('there'),
      () => become('missing'),
    )
    return () => {
      isHere = false
    }
  }, [part, state])
  useEffect(() => {
    if (state !== 'missing') return
    const again = () => setState('asking')
    window.addEventListener('online', again)
    return () => window.removeEventListener('online', again)
  }, [state])
  if (part.Component) return <part.Component {...props} />
  return (
    <>
      {children}
      {state === 'missing' && <Missing onAsk={() => setState('asking')} />}
    </>
  )
}

/** For a page that begins with a part: suspends until its script is there. */
export function useFromStart<Props>(part: LatePart<Props>, isNeeded: boolean): void {
  // Also when it is there: what suspended must go the same way when it goes on.
  if (isNeeded) use(part.load())
}

function Missing({ onAsk }: { onAsk: () => void }) {
  return (
    <p className="missing-part" role="alert">
      This could not be loaded. Check the network.
      <button type="button" className="quiet-button" onClick={onAsk}>
        Try again
      </button>
    </p>
  )
}
