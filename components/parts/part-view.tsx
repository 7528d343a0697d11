import type { Part } from '#lib/protocol/index.ts'
import type { Decide } from '../approval/use-decision.ts'
import { CompactedPartView } from './compacted-part.tsx'
import { ReasoningPartView } from './reasoning-part.tsx'
import { ReferenceLink } from './reference-link.tsx'
import { SteerPartView } from './steer-part.tsx'
import { TextPartView } from './text-part.tsx'
import { ToolPartView } from './tool/tool-part.tsx'

/** One part of an answer, by its type. */
export function PartView({ part, onDecide }: { part: Part; onDecide: Decide }) {
  switch (part.type) {
    case 'text':
      return <TextPartView part={part} />
    case 'reasoning':
      return <ReasoningPartView part={part} />
    case 'tool':
      return <ToolPartView part={part} onDecide={onDecide} />
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
