'use client'
import { EditField, type EditFieldProps } from '../branches/edit-field.tsx'
import { AnswerTools } from './answer-tools.tsx'
import { DeletedStrip, type DeletedStripProps } from './deleted-strip.tsx'
import type { AnswerToolsProps } from './more-props.ts'
import { QuoteButton } from './quote-button.tsx'
import { RawMarkdown } from './raw-markdown.tsx'

export type AnswersPartProps =
  | ({ is: 'tools' } & AnswerToolsProps)
  | ({ is: 'edit' } & EditFieldProps)
  | ({ is: 'deleted' } & DeletedStripProps)
  | { is: 'quote'; onQuote: (words: string) => void }
  | { is: 'raw'; text: string }

/** One of the things that `lateAnswers` brings. */
export function AnswersPart(props: AnswersPartProps) {
  switch (props.is) {
    case 'tools':
      return <AnswerTools {...props} />
    case 'edit':
      return <EditField {...props} />
    case 'deleted':
      return <DeletedStrip {...props} />
    case 'quote':
      return <QuoteButton onQuote={props.onQuote} />
    case 'raw':
      return <RawMarkdown text={props.text} />
    default:
      return props satisfies never
  }
}
