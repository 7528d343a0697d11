'use client'
import { useRef, useState } from 'react'
import type { ModelSettings } from '#lib/client/index.ts'
import type { SessionInfo } from '#lib/protocol/index.ts'
import { ModelPicker } from './model-picker.tsx'

export interface SessionModelProps {
  session: SessionInfo
  /** The model that answers where nothing was chosen. */
  standard: string
  onChoose: (change: Partial<ModelSettings>) => Promise<void>
}

/** The model of one session. What was chosen is shown at once, and taken back when the server refuses it. */
export function SessionModel({ session, standard, onChoose }: SessionModelProps) {
  const [wished, setWished] = useState<Partial<ModelSettings>>({})
  const asked = useRef(0)
  const choose = (change: Partial<ModelSettings>) => {
    setWished((before) => ({ ...before, ...change }))
    asked.current += 1
    const mine = asked.current
    // What is chosen after it is still on its way.
    void onChoose(change).finally(() => mine === asked.current && setWished({}))
  }
  const { model = null, reasoningEffort = null } = session
  return <ModelPicker settings={{ model, reasoningEffort, ...wished }} standard={standard} onChoose={choose} />
}
