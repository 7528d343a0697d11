'use client'
import type { SessionStore } from '#lib/client/index.ts'
import { type SessionState, textOf } from '#lib/protocol/index.ts'
import { useCommand } from './commands.ts'

/** What can be done with the conversation that is open. */
export function useChatCommands({ activeRun, messages, deleted }: SessionState, store: SessionStore): void {
  const last = messages.at(-1)
  const answer = !activeRun && !deleted && last?.role === 'assistant' ? last : null
  useCommand('stop', activeRun && store.stop)
  useCommand('regenerate', answer && (() => store.regenerate(answer.id)))
  const canCopy = answer?.parts.some(({ type }) => type === 'text')
  useCommand('copy', answer && canCopy ? () => navigator.clipboard.writeText(textOf(answer.parts)) : null)
}
