'use client'
import { useEffect, useState } from 'react'
import { type ModelSettings, NO_SETTINGS, readModelSettings, writeModelSettings } from '#lib/client/index.ts'

/** The model for the next session: the one that was chosen last in this browser. */
export function useNewSessionModel(): [ModelSettings, (change: Partial<ModelSettings>) => void] {
  const [settings, setSettings] = useState(NO_SETTINGS)
  // The server does not know it: the page is drawn without it first.
  useEffect(() => setSettings(readModelSettings()), [])
  const choose = (change: Partial<ModelSettings>) => {
    const chosen = { ...settings, ...change }
    setSettings(chosen)
    writeModelSettings(chosen)
  }
  return [settings, choose]
}
