import type { Tokens } from 'marked'
import { useState } from 'react'
import { safeHref } from '../safe-href.ts'
import { useFrame } from './use-frame.ts'

/** Milliseconds that an image may take from when its frame is there. */
const LIMIT_MS = 30_000

/** An image from elsewhere: named, and fetched only when the reader asks, because who asks for it is seen there. */
export function RemoteImage({ token }: { token: Tokens.Image }) {
  /** Counts how often it was asked for. */
  const [asked, setAsked] = useState(0)
  const href = safeHref(token.href)
  const text = token.text || 'no description'
  if (!href?.startsWith('http')) return `Image: ${text}`
  const { host } = new URL(href)
  if (asked > 0) return <ShownImage key={asked} href={href} text={token.text} host={host} onAgain={() => setAsked(asked + 1)} />
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

/** In a frame of its own, which may load from that host and nothing else: the page's own policy allows no images from elsewhere. */
function ShownImage({ href, text, host, onAgain }: { href: string; text: string; host: string; onAgain: () => void }) {
  const { ref, frame, onLoad } = useFrame(LIMIT_MS)
  if (frame.state === 'failed') {
    return (
      <span className="remote-image" role="status">
        <span>{host} did not give this image.</span>
        <button type="button" className="quiet-button" onClick={onAgain}>
          Try again
        </button>
      </span>
    )
  }
  const { width = 16, height = 9 } = frame
  return (
    <iframe
      ref={ref}
      className="shown-image"
      src={`/api/frames/image?${new URLSearchParams({ url: href, alt: text })}`}
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      title={text || `Image from ${host}`}
      style={{ aspectRatio: `${width} / ${height}`, maxWidth: frame.width === undefined ? undefined : `${width}px` }}
      onLoad={onLoad}
    />
  )
}
