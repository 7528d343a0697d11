'use client'
import { useEffect, useState } from 'react'
import { AnchoredDialog } from '../menu/anchored-dialog.tsx'
import { AnswerMenu } from './answer-menu.tsx'
import { AnswerPrice } from './answer-price.tsx'
import type { AnswerToolsProps, View } from './more-props.ts'
import { OtherModel } from './other-model.tsx'
import { RatingMark } from './rating-mark.tsx'
import { ReadingAloud } from './reading-aloud.tsx'

const LABELS: Record<View, string> = { menu: 'More', price: 'What it cost', model: 'Regenerate with another model' }

/** The menu of an answer while it is open, how the answer is rated, whether it is read, and what was just done with it. */
export function AnswerTools(props: AnswerToolsProps) {
  const { answer, button, isOpen, onClose } = props
  const [view, setView] = useState<View>('menu')
  const [said, say] = useSaid()
  const end = () => {
    setView('menu')
    onClose()
  }
  return (
    <>
      {isOpen && (
        <AnchoredDialog label={LABELS[view]} anchor={button} onClose={end}>
          {(close) =>
            view === 'menu' ? (
              <AnswerMenu {...props} onView={setView} onSay={say} onDone={close} />
            ) : view === 'price' ? (
              <AnswerPrice answer={answer} onDone={close} />
            ) : (
              <OtherModel answer={answer} onDone={close} />
            )
          }
        </AnchoredDialog>
      )}
      {answer.rating && <RatingMark answer={answer} rating={answer.rating} button={button} />}
      <ReadingAloud answerId={answer.id} />
      <span role="status" className="text-soft empty:hidden">
        {said}
      </span>
    </>
  )
}

/** Something that is said for two seconds. */
function useSaid(): [string, (text: string) => void] {
  const [said, setSaid] = useState<{ text: string } | null>(null)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), 2_000)
    return () => clearTimeout(timer)
  }, [said])
  return [said?.text ?? '', (text) => setSaid({ text })]
}
