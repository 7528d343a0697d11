'use client'
import { Suspense, use, useState } from 'react'
import type { ApprovalCard, ApprovalCardProps } from './approval-card.tsx'

type Card = typeof ApprovalCard

let card: Card | undefined
let loading: Promise<Card> | undefined

/** The card's script is loaded when one is first asked for. Failed once, it is asked for again. */
function load(): Promise<Card> {
  loading ??= import('./approval-card.tsx').then(
    (module) => {
      card = module.ApprovalCard
      return card
    },
    (error) => {
      loading = undefined
      throw error
    },
  )
  return loading
}

/** For a page that begins with a card: suspends until its script is there. */
export function useCardIf(isNeeded: boolean): void {
  if (isNeeded && !card) use(load())
}

/**
 * An `ApprovalCard`. What is below a Suspense comes to life after the page, and is thrown away when the page changes before: what was
 * pressed there would be lost. So a page that begins with a card loads it first (`useCardIf`), and there is no Suspense then.
 */
export function LazyCard(props: ApprovalCardProps) {
  const [isLoaded] = useState(card !== undefined)
  if (isLoaded) return <LoadedCard {...props} />
  return (
    <Suspense>
      <LoadedCard {...props} />
    </Suspense>
  )
}

function LoadedCard(props: ApprovalCardProps) {
  const Card = card ?? use(load())
  return <Card {...props} />
}
