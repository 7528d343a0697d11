import type { Tokens } from 'marked'
import { useState } from 'react'
import { Late, latePart } from '../../ui/late.tsx'
import { safeHref } from '../safe-href.ts'

const lateImage = latePart(async () => (await import('./shown-image.tsx')).ShownImage)

/** An image from elsewhere: named, and fetched only when the reader asks, because who asks for it is seen there. */
export function RemoteImage({ token }: { token: Tokens.Image }) {
  /** Counts how often it was asked for. */
  const [asked, setAsked] = useState(0)
  const href = safeHref(token.href)
  const text = token.text || 'no description'
  if (!href?.startsWith('http')) return `Image: ${text}`
  const { host } = new URL(href)
  if (asked > 0) return <Late key={asked} part={lateImage} props={{ href, text: token.text, host, onAgain: () => setAsked(asked + 1) }} />
  return (
    <span className="remote-image">
      <span>{token.text || 'Image'}</span>
      <button
        type="button"
        className="quiet-button"
        aria-label={`Show from ${host}${token.text && `: ${token.text}`}`}
        onClick={() => setAsked(1)}
      >
        Show from {host}
      </button>
    </span>
  )
}
