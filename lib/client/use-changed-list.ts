'use client'
import { useCallback, useEffect, useState } from 'react'
import { AppError, toAppError } from '#lib/protocol/index.ts'

/** What a change that the server has made does to the list. */
export type Update<One> = (list: readonly One[]) => readonly One[]

type SetList<One> = (next: (list: readonly One[] | null) => readonly One[] | null) => void

/** Does `work`, and asks for the list again. Throws what `work` does; when only the list cannot be had, the change is in the old one. */
export async function changeList<One>(work: () => Promise<Update<One>>, ask: () => Promise<One[]>, setList: SetList<One>): Promise<void> {
  const update = await work()
  setList((list) => list && update(list))
  await ask().then(
    (fresh) => setList(() => fresh),
    () => {
      // It is asked for the next time that it is opened.
    },
  )
}

/** What is not there any more need not be removed: another tab was faster. */
export async function removeOne<One extends { id: string }>(id: string, remove: (id: string) => Promise<void>): Promise<Update<One>> {
  await remove(id).catch((error) => {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error
  })
  return (list) => list.filter((one) => one.id !== id)
}

export interface ChangedList<One> {
  /** Null until the server has answered. */
  list: readonly One[] | null
  problem: string | null
  /** False when it failed, which `problem` says. */
  change(work: () => Promise<Update<One>>): Promise<boolean>
}

/** A list of the server's that is changed here. Asked for each time when it is opened: another device may have changed it. */
export function useChangedList<One>(ask: () => Promise<One[]>, isOpen: boolean): ChangedList<One> {
  const [list, setList] = useState<readonly One[] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = useCallback(async (work: () => Promise<void>) => {
    setProblem(null)
    try {
      await work()
      return true
    } catch (error) {
      setProblem(toAppError(error).message)
      return false
    }
  }, [])
  useEffect(() => {
    if (isOpen) void attempt(async () => setList(await ask()))
  }, [isOpen, attempt, ask])
  return { list, problem, change: (work) => attempt(() => changeList(work, ask, setList)) }
}
