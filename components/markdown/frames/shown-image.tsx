import { useFrame } from './use-frame.ts'

/** Milliseconds that an image may take from when its frame is there. */
const LIMIT_MS = 30_000

interface ShownImageProps {
  href: string
  text: string
  host: string
  onAgain: () => void
}

/** In a frame of its own, which may load from that host and nothing else: the page's own policy allows no images from elsewhere. */
export function ShownImage({ href, text, host, onAgain }: ShownImageProps) {
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
