'use client'
import type { SessionStore } from '#lib/client/index.ts'
import { type SessionState, textOf } from '#lib/protocol/index.ts'
import { copy } from '../ui/copy.ts'
import { useCommand } from './commands.ts'

/** What can be done with the conversation that is open. `onSay` tells what came of it. */
export function useChatCommands({ activeRun, messages, deleted }: SessionState, store: SessionStore, onSay: (text: string) => void): void {
  const last = messages.at(-1)
  const answer = !activeRun && !deleted && last?.role === 'assistant' ? last : null
  useCommand('stop', activeRun && store.stop)
  useCommand('regenerate', answer && (() => store.regenerate(answer.id)))
  const canCopy = answer?.parts.some(({ type }) => type === 'text')
  const copyAnswer = async (text: string) => onSay((await copy(text)) ? 'Copied the answer' : 'The browser does not allow copying')
  useCommand('copy', answer && canCopy ? () => void copyAnswer(textOf(answer.parts)) : null)
}
