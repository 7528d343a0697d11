'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { leftoversOf, takeLeftovers } from '#lib/client/leftovers.ts'
import { CopyButton } from '../ui/copy-button.tsx'

/** What this browser still has of a session that cannot be opened: nobody else has it. */
export function Leftovers({ sessionId }: { sessionId: string }) {
  const router = useRouter()
  const [texts] = useState(() => leftoversOf(sessionId))
  if (texts.length === 0) return null
  const takeAlong = () => {
    takeLeftovers(sessionId)
    router.push('/')
  }
  return (
    <section className="mt-6" aria-labelledby="leftovers">
      <h2 id="leftovers" className="font-medium">
        What you wrote here and did not send
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="leftovers" aria-label="Your words" tabIndex={0}>
        {texts.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same text may be there twice
          <p key={index} dir="auto">
            {text}
          </p>
        ))}
      </section>
      <p className="flex flex-wrap items-center gap-2">
        <button type="button" className="button" onClick={takeAlong}>
          Write on in a new session
        </button>
        <CopyButton text={texts.join('\n\n')} label="Copy what you wrote" />
      </p>
    </section>
  )
}
