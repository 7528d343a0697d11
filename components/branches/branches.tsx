'use client'
import { createContext, type ReactNode, use, useMemo } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import type { SessionState } from '#lib/protocol/index.ts'

export interface Branches {
  /** The messages that stand in the place of one, itself among them, oldest first; empty where there is no other. */
  siblingsOf: (messageId: string) => readonly string[]
  /** True while an answer is being written: then the conversation goes on nowhere else. */
  isBusy: boolean
  store: SessionStore
  /** Puts words into the field that the next message is written in. */
  onQuote: (words: string) => void
  /** Tells those who do not see it what was done. */
  onSay: (text: string) => void
}

const Context = createContext<Branches | null>(null)

/** What messages may be said anew; null where nothing can be, as in a session that is deleted. */
export function useBranches(): Branches | null {
  return use(Context)
}

export interface BranchesProviderProps {
  state: SessionState
  store: SessionStore
  isLocked: boolean
  onQuote: (words: string) => void
  onSay: (text: string) => void
  children: ReactNode
}

export function BranchesProvider({ state, store, isLocked, onQuote, onSay, children }: BranchesProviderProps) {
  const { branches } = state
  const isBusy = state.activeRun !== null
  const value = useMemo<Branches | null>(() => {
    if (isLocked) return null
    const all = Object.values(branches)
    return { siblingsOf: (messageId) => all.find((ids) => ids.includes(messageId)) ?? [], isBusy, store, onQuote, onSay }
  }, [branches, isBusy, isLocked, store, onQuote, onSay])
  return <Context value={value}>{children}</Context>
}
