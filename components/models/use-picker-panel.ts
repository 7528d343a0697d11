'use client'
import { type ComponentType, useEffect, useState } from 'react'
import type { PickerPanelProps } from './picker-panel.tsx'

const load = () => import('./picker-panel.tsx')

/**
 * What stands in the open picker, a part of the page's scripts that the first drawing does without. Fetched as soon as the page has come
 * to life: a script that is missing later, when the network is gone, would have the whole page asked for again. `isMissing` when it
 * could not be fetched; opening tries again.
 */
export function usePickerPanel(isOpen: boolean): { Panel: ComponentType<PickerPanelProps> | null; isMissing: boolean } {
  const [Panel, setPanel] = useState<ComponentType<PickerPanelProps> | null>(null)
  const [isMissing, setIsMissing] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever it is opened without its panel, that is fetched again
  useEffect(() => {
    if (Panel) return
    setIsMissing(false)
    load().then(
      (part) => setPanel(() => part.PickerPanel),
      () => setIsMissing(true),
    )
  }, [isOpen, Panel])
  return { Panel, isMissing }
}
