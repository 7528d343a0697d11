'use client'
import type { McpServer } from '#lib/client/index.ts'
import { useNow } from '../ui/use-now.ts'
import { SignInButton } from './sign-in-button.tsx'

const LOOKS: Record<McpServer['status'], { tone: string; word: string }> = {
  idle: { tone: 'bg-faint', word: 'connected when needed' },
  connecting: { tone: 'bg-stream', word: 'connecting' },
  ready: { tone: 'bg-good', word: 'ready' },
  failed: { tone: 'bg-bad', word: 'failed' },
  'needs-sign-in': { tone: 'bg-warn', word: 'needs you to sign in' },
  disabled: { tone: 'bg-faint', word: 'off' },
}

/** One server: how it is, what it has, and what can be done about it. */
export function McpServerRow({ server }: { server: McpServer }) {
  const { name, status, error, nextAttemptAt, notes } = server
  const { tone, word } = LOOKS[status]
  return (
    <li className="border-hair border-t py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-2.5">
        <i className={`size-2 flex-none forced-color-adjust-none rounded-full ${tone}`} aria-hidden="true" />
        <span className="min-w-0 max-w-[60%] truncate font-medium font-mono text-[13px]" title={name}>
          {name}
        </span>
        <span className="flex-none text-small text-soft">{word}</span>
        {status === 'ready' && <span className="ml-auto flex-none text-faint text-small">{contentsOf(server)}</span>}
        {status === 'needs-sign-in' && <SignInButton name={name} />}
      </div>
      {(error || nextAttemptAt) && status !== 'ready' && (
        <p className="mt-0.5 pl-[18px] text-small text-soft [overflow-wrap:anywhere]">
          {error}
          {nextAttemptAt && <NextAttempt at={nextAttemptAt} />}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="mt-0.5 pl-[18px] text-small text-soft [overflow-wrap:anywhere]">
          {note}
        </p>
      ))}
    </li>
  )
}

function contentsOf({ tools, resources, prompts }: McpServer): string {
  const counts = [counted(tools, 'tool'), counted(resources, 'resource'), counted(prompts, 'prompt')]
  return counts.filter((one) => one !== null).join(' · ')
}

function counted(count: number, word: string): string | null {
  return count === 0 ? null : `${count} ${word}${count === 1 ? '' : 's'}`
}

function NextAttempt({ at }: { at: string }) {
  const now = useNow(1_000)
  const seconds = now === null ? 0 : Math.ceil((Date.parse(at) - now) / 1_000)
  return <span className="tabular-nums"> {seconds > 0 ? `Tries again in ${seconds} s.` : 'Tries again now.'}</span>
}
