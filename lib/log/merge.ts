import type { NewEvent } from '#lib/protocol/index.ts'

/** An event does not grow past this many characters by merging. */
const MOST_CHARACTERS = 65_536

/** Two neighbouring deltas of one part as one event, or undefined when they must stay two. */
export function mergeInto(first: NewEvent, second: NewEvent): NewEvent | undefined {
  if (first.type === 'llm:chunk' && second.type === 'llm:chunk') {
    const isSamePart = first.chunkType === second.chunkType && first.runId === second.runId && !first.metadata && !second.metadata
    if (!isSamePart || first.content.length + second.content.length > MOST_CHARACTERS) return undefined
    return { ...first, content: first.content + second.content }
  }
  if (first.type === 'llm:tool-call-partial' && second.type === 'llm:tool-call-partial') {
    const isSameCall = first.callId === second.callId && first.runId === second.runId
    if (!isSameCall || first.argsDelta.length + second.argsDelta.length > MOST_CHARACTERS) return undefined
    return { ...first, argsDelta: first.argsDelta + second.argsDelta }
  }
  if (first.type === 'llm:tool-progress' && second.type === 'llm:tool-progress') {
    const isSameCall = first.callId === second.callId && first.runId === second.runId
    if (!isSameCall || (first.text?.length ?? 0) + (second.text?.length ?? 0) > MOST_CHARACTERS) return undefined
    const text = first.text === undefined && second.text === undefined ? {} : { text: (first.text ?? '') + (second.text ?? '') }
    return { ...first, ...second, ...text }
  }
  return undefined
}
