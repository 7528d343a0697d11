'use client'
import { useState } from 'react'
import { textOf } from '#lib/protocol/index.ts'
import { useBranches } from '../branches/branches.tsx'
import { Menu, MenuItem } from '../menu/menu.tsx'
import { copy } from '../ui/copy.ts'
import type { AnswerToolsProps, View } from './more-props.ts'
import { type Lex, plainAnswer } from './plain-answer.ts'
import { RateItems } from './rate-items.tsx'
import { quotationOf, selectionIn } from './selection.ts'
import { sentencesOf } from './sentences.ts'
import { canSpeak, speak, stopSpeaking, useReadingAloud } from './speech.ts'

export interface AnswerMenuProps extends AnswerToolsProps {
  onView: (view: View) => void
  /** Tells what came of it, for a moment. */
  onSay: (text: string) => void
  /** Something was chosen. */
  onDone: () => void
}

/** All that can be done with an answer besides what stands under it. */
export function AnswerMenu({ answer, isRaw, onRaw, lex, button, onView, onSay, onDone }: AnswerMenuProps) {
  const branches = useBranches()
  const isRead = useReadingAloud(answer.id) === 'reading'
  const [selected] = useState(() => selectionIn(button.current?.closest('.answer')))
  const text = textOf(answer.parts)
  const hasText = text.trim() !== ''
  /** Closes the menu first: what comes then may take the focus. */
  const then = (act: () => void) => () => {
    onDone()
    act()
  }
  return (
    <Menu label="More" onClose={onDone}>
      {branches && <RateItems answer={answer} store={branches.store} onDone={onDone} />}
      {hasText && (
        <MenuItem
          onPress={then(() => void copy(plainAnswer(text, { lex })).then((isCopied) => onSay(isCopied ? 'Copied' : 'Not allowed')))}
        >
          Copy as plain text
        </MenuItem>
      )}
      {branches && hasText && (
        <MenuItem isDisabled={selected === ''} onPress={then(() => branches.onQuote(quotationOf(selected)))}>
          Quote the selection
        </MenuItem>
      )}
      {hasText && canSpeak() && (
        <MenuItem onPress={then(() => (isRead ? stopSpeaking(answer.id) : speak(answer.id, spoken(text, lex))))}>
          {isRead ? 'Stop reading' : 'Read aloud'}
        </MenuItem>
      )}
      {hasText && (
        <MenuItem isOn={isRaw} onPress={then(() => onRaw(!isRaw))}>
          Show the raw markdown
        </MenuItem>
      )}
      {hasText && <hr className="menu-line" />}
      {branches && (
        <MenuItem isDisabled={branches.isBusy} onPress={() => onView('model')}>
          Regenerate with another model…
        </MenuItem>
      )}
      <MenuItem onPress={() => onView('price')}>What it cost…</MenuItem>
      {branches && (
        <>
          <hr className="menu-line" />
          <MenuItem onPress={then(() => void branches.store.deletePair(answer.id))}>Delete this question and its answer</MenuItem>
        </>
      )}
    </Menu>
  )
}

/** Code is not for the ear. */
function spoken(markdown: string, lex: Lex): string[] {
  return sentencesOf(plainAnswer(markdown, { lex, codeAs: 'Code is left out here.' }))
}
