'use client'
import { useCallback, useEffect, useState } from 'react'
import { api } from '#lib/client/index.ts'
import { type ModelsResponse, toAppError } from '#lib/protocol/index.ts'

/** What was listed last: shown at once when the picker is opened again. */
let known: ModelsResponse | null = null

export interface ListedModels {
  list: ModelsResponse | null
  isAsking: boolean
  /** Why there is no answer at all. */
  problem: string | null
  ask: () => void
}

/** What may be chosen, asked for when it is first looked at. */
export function useModels(): ListedModels {
  const [list, setList] = useState(known)
  const [isAsking, setIsAsking] = useState(true)
  const [problem, setProblem] = useState<string | null>(null)
  const ask = useCallback(() => {
    setIsAsking(true)
    setProblem(null)
    api
      .models()
      .then((answer) => {
        known = answer
        setList(answer)
      })
      .catch((error: unknown) => setProblem(toAppError(error).message))
      .finally(() => setIsAsking(false))
  }, [])
  useEffect(ask, [ask])
  return { list, isAsking, problem, ask }
}
