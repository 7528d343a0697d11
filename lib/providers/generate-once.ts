import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider'
import { cleanText } from '#lib/protocol/index.ts'
import type { ModelEvent } from './model.ts'
import { mergeMetadata, reasonOf, usageOf } from './stream-parts.ts'

/** A whole answer as the events that its stream would have had, each part in one piece. */
export function eventsOf({ content, finishReason, usage }: LanguageModelV4GenerateResult): ModelEvent[] {
  const events = content.flatMap(eventOf)
  const hasCalls = events.some((event) => event.type === 'tool-call')
  return [...events, { type: 'finish', finishReason: reasonOf(finishReason, hasCalls), usage: usageOf(usage) }]
}

function eventOf(part: LanguageModelV4Content): ModelEvent[] {
  const metadata = part.providerMetadata && mergeMetadata(undefined, part.providerMetadata)
  if (part.type === 'text' || part.type === 'reasoning')
    return [{ type: part.type, delta: cleanText(part.text), ...(metadata && { metadata }) }]
  if (part.type !== 'tool-call' || part.providerExecuted) return []
  return [
    { type: 'tool-call', callId: part.toolCallId, toolName: part.toolName, input: cleanText(part.input), ...(metadata && { metadata }) },
  ]
}
