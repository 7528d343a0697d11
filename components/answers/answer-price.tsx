'use client'
import { useEffect, useRef } from 'react'
import type { AssistantMessage } from '#lib/protocol/index.ts'
import { Icon } from '../ui/icon.tsx'
import { priceRows } from './price-rows.ts'

/** What one answer took: tokens, money, time. */
export function AnswerPrice({ answer, onDone }: { answer: AssistantMessage; onDone: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <>
      <header className="anchored-title flex items-center">
        What it cost
        <button ref={button} type="button" className="icon-button -my-1 -mr-1.5 ml-auto" aria-label="Close" onClick={onDone}>
          <Icon name="close" />
        </button>
      </header>
      <dl className="price-rows">
        {priceRows(answer).map(({ name, value, isPart }) => (
          <div key={name} data-part={isPart}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
