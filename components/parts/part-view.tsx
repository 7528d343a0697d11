import type { Part } from '#lib/protocol/index.ts'
import { safeHref } from '../markdown/safe-href.ts'
import { CompactedPartView } from './compacted-part.tsx'
import { ReasoningPartView } from './reasoning-part.tsx'
import { SteerPartView } from './steer-part.tsx'
import { TextPartView } from './text-part.tsx'
import { ToolPartView } from './tool-part.tsx'

/** One part of an answer, by its type. */
export function PartView({ part }: { part: Part }) {
  switch (part.type) {
    case 'text':
      return <TextPartView part={part} />
    case 'reasoning':
      return <ReasoningPartView part={part} />
    case 'tool':
      return <ToolPartView part={part} />
    case 'file':
      return <ReferenceLink url={part.url} label={part.name ?? part.mediaType} kind="File" />
    case 'source':
      return <ReferenceLink url={part.url} label={part.title ?? part.url} kind="Source" />
    case 'steer':
      return <SteerPartView part={part} />
    case 'compacted':
      return <CompactedPartView part={part} />
    default:
      return part satisfies never
  }
}

function ReferenceLink({ url, label, kind }: { url: string; label: string; kind: string }) {
  const href = safeHref(url)
  return (
    <p className="my-2 text-list text-soft">
      {kind}:{' '}
      {href ? (
        <a className="underline" href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
          {label}
        </a>
      ) : (
        label
      )}
    </p>
  )
}
