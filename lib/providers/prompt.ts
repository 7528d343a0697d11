import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider'
import type { AssistantMessage, Message, Part, ProviderMetadata, ToolPart, UserMessage } from '#lib/protocol/index.ts'

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content']
type ToolContent = Extract<LanguageModelV4Message, { role: 'tool' }>['content']

/** A conversation as the AI SDK's model interface takes it. What was never said (no parts, unfinished calls) is left out. */
export function toPrompt(system: string | undefined, messages: readonly Message[]): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = system === undefined ? [] : [{ role: 'system', content: system }]
  for (const message of messages) {
    if (message.role === 'user') prompt.push(userMessage(message))
    else prompt.push(...assistantMessages(message))
  }
  return prompt
}

function userMessage({ parts }: UserMessage): LanguageModelV4Message {
  return { role: 'user', content: parts.flatMap((part) => (part.type === 'text' ? [{ type: 'text', text: part.text }] : [])) }
}

/** Calls and their results alternate: each run of calls ends a model's turn, and its results are the answer to it. */
function assistantMessages({ parts }: AssistantMessage): LanguageModelV4Message[] {
  const messages: LanguageModelV4Message[] = []
  let said: AssistantContent = []
  let results: ToolContent = []
  const flush = () => {
    if (said.length > 0) messages.push({ role: 'assistant', content: said })
    if (results.length > 0) messages.push({ role: 'tool', content: results })
    said = []
    results = []
  }
  for (const part of parts) {
    if (part.type !== 'tool' && results.length > 0) flush()
    if (part.type !== 'tool') said.push(...saidPart(part))
    else if (isAnswered(part)) {
      said.push({ type: 'tool-call', toolCallId: part.callId, toolName: part.toolName, input: inputOf(part), ...options(part.metadata) })
      results.push({ type: 'tool-result', toolCallId: part.callId, toolName: part.toolName, output: outputOf(part) })
    }
  }
  flush()
  return messages
}

function saidPart(part: Exclude<Part, ToolPart>): AssistantContent {
  if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text, ...options(part.metadata) }]
  // Reasoning goes back only with the provider's own mark on it: without one it would be refused or misread.
  if (part.type === 'reasoning' && part.metadata) return [{ type: 'reasoning', text: part.text, ...options(part.metadata) }]
  return []
}

type AnsweredTool = Extract<ToolPart, { status: 'completed' | 'failed' | 'denied' }>

function isAnswered(part: ToolPart): part is AnsweredTool {
  return part.status === 'completed' || part.status === 'failed' || part.status === 'denied'
}

/** Providers want an object; arguments that were never valid are shown as the text they were. */
function inputOf({ args }: AnsweredTool): unknown {
  return typeof args === 'object' && args !== null && !Array.isArray(args) ? args : { invalid: args }
}

function outputOf(part: AnsweredTool): LanguageModelV4ToolResultOutput {
  if (part.status === 'failed') return { type: 'error-text', value: part.error }
  if (part.status === 'denied') return { type: 'execution-denied', ...(part.reason !== undefined && { reason: part.reason }) }
  return typeof part.result === 'string' ? { type: 'text', value: part.result } : { type: 'json', value: part.result as never }
}

function options(metadata: ProviderMetadata | undefined) {
  return metadata ? { providerOptions: metadata as never } : {}
}
