'use client'
import { useEffect } from 'react'

/** What can be done somewhere in the app; how each is called and shown is in `catalog.ts`, which is loaded with the palette. */
export type CommandId =
  | 'palette'
  | 'shortcuts'
  | 'new'
  | 'write'
  | 'find'
  | 'stop'
  | 'regenerate'
  | 'copy'
  | 'model'
  | 'rename'
  | 'delete'
  | 'theme'
  | 'tools'

/** What stands over the page for a while. `onLeave`: what was chosen happens in the page, so what else lies over it goes. */
export interface OverlayProps {
  onClose: () => void
  onLeave: () => void
}

/** False: not now, and the key is the browser's. */
type Run = (event?: KeyboardEvent) => unknown

const offered = new Map<CommandId, Run>()

/** What a component that is drawn can do; null: not now. */
export function useCommand(id: CommandId, run: Run | null): void {
  useEffect(() => {
    if (!run) return
    offered.set(id, run)
    return () => {
      if (offered.get(id) === run) offered.delete(id)
    }
  }, [id, run])
}

export const canDo = (id: CommandId): boolean => offered.has(id)

/** False when nobody can. */
export function perform(id: CommandId, event?: KeyboardEvent): boolean {
  const run = offered.get(id)
  return run !== undefined && run(event) !== false
}
