'use client'
import { ProviderHint } from './provider-hint.tsx'
import { STARTERS } from './starters.ts'

export interface WelcomeProps {
  /** True while nothing but the demo model answers. */
  isDemo: boolean
  onStart: (text: string) => void
}

/** Before the first message: what this is, four ways to begin, and how to connect a model. */
export function Welcome({ isDemo, onStart }: WelcomeProps) {
  return (
    <div className="welcome">
      <h2 className="font-semibold text-2xl tracking-tight">What can I help with?</h2>
      <p className="mt-2 text-list text-soft">
        Answers appear as they are written, tools run in the open, and nothing that you have seen is lost.
      </p>
      <ul className="starters" aria-label="Ways to begin">
        {STARTERS.map(({ title, text }) => (
          <li key={title}>
            <button type="button" className="starter" onClick={() => onStart(text)}>
              <span className="font-medium">{title}</span>
              <span className="text-list text-soft">{text}</span>
            </button>
          </li>
        ))}
      </ul>
      <ProviderHint isDemo={isDemo} />
    </div>
  )
}
