import type { AssistantMessage, CompactedPart, Message, Part, Place, ToolPart, UserMessage } from '#lib/protocol/index.ts'

/** Stands where a result was, for the model. */
const CUT = '[This result was left out to make room. Call the tool again if you need it, for less of it where that can be asked.]'

/** A conversation as the model is shown it: as the last markers in it say. Nothing of it is lost to the reader. */
export function shownMessages(messages: readonly Message[]): Message[] {
  const markers = messages.flatMap((message) => message.parts.filter((part): part is CompactedPart => part.type === 'compacted'))
  const kept = markers.findLast((marker) => marker.keepFrom && marker.summary !== undefined)
  const cut = markers.findLast((marker) => marker.cutBefore)
  let shown = [...messages]
  if (cut?.cutBefore) shown = withoutResultsBefore(shown, cut.cutBefore)
  if (kept?.keepFrom && kept.summary !== undefined) shown = [summaryMessage(kept.summary, kept.at), ...from(shown, kept.keepFrom)]
  return shown
}

/** The messages from a place on; all of them when it is not among them (it is older than what was read). */
export function from(messages: readonly Message[], place: Place): Message[] {
  const index = messages.findIndex((message) => message.id === place.messageId)
  if (index < 0) return [...messages]
  return messages
    .slice(index)
    .map((message) => (message.id === place.messageId ? withParts(message, message.parts.slice(place.part)) : message))
}

/** The messages before a place. */
export function until(messages: readonly Message[], place: Place): Message[] {
  const index = messages.findIndex((message) => message.id === place.messageId)
  if (index < 0) return []
  const last = messages[index] as Message
  const before = messages.slice(0, index)
  return place.part === 0 ? before : [...before, withParts(last, last.parts.slice(0, place.part))]
}

/** What of a conversation is text, in UTF-8 bytes over four: a count that errs by a third at most for most languages. */
export function estimateTokens(messages: readonly Message[]): number {
  let bytes = 0
  for (const { parts } of messages) for (const part of parts) bytes += Buffer.byteLength(weightOf(part))
  return Math.ceil(bytes / 4)
}

export function estimateText(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4)
}

/** What a call's result weighs. */
export function estimateResult(part: ToolPart): number {
  if (part.status === 'completed') return estimateText(JSON.stringify(part.result))
  return part.status === 'failed' ? estimateText(part.error) : 0
}

function weightOf(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'steer':
      return part.text
    case 'tool':
      return `${part.toolName}${JSON.stringify('args' in part ? part.args : '')}${JSON.stringify('result' in part ? part.result : '')}`
    case 'file':
    case 'source':
      return part.url.slice(0, 200)
    // Reasoning goes back to few providers, and the summary stands at the beginning.
    case 'reasoning':
    case 'compacted':
      return ''
    default:
      return part satisfies never
  }
}

/** A message with no more of its tools' results than that there were some. */
export function withoutResults(message: Message): Message {
  return withParts(message, message.parts.map(withoutResult))
}

function withoutResultsBefore(messages: Message[], before: Place): Message[] {
  const index = messages.findIndex((message) => message.id === before.messageId)
  if (index < 0) return messages
  return messages.map((message, at) => {
    const end = at < index ? message.parts.length : at === index ? before.part : 0
    return end === 0 ? message : withParts(message, [...message.parts.slice(0, end).map(withoutResult), ...message.parts.slice(end)])
  })
}

/** Also what was a short result: which ones are cut must not depend on what the text is. */
function withoutResult(part: Part): Part {
  return part.type === 'tool' && part.status === 'completed' ? { ...part, result: CUT } : part
}

function withParts(message: Message, parts: Part[]): Message {
  return message.role === 'user' ? ({ ...message, parts } satisfies UserMessage) : ({ ...message, parts } satisfies AssistantMessage)
}

function summaryMessage(summary: string, at: string): UserMessage {
  return { id: 'summary', role: 'user', parentId: null, createdAt: at, parts: [{ type: 'text', text: summary }] }
}
