import type {
  JSONValue,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { AssistantMessage, Message, Part, ProviderMetadata, ToolPart } from '#lib/protocol/index.ts'

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content']
type ToolContent = Extract<LanguageModelV4Message, { role: 'tool' }>['content']
type UserContent = (LanguageModelV4TextPart | LanguageModelV4FilePart)[]

/** Who is asked. Only its own answers go back with their signatures: another's would be refused. */
interface Asked {
  provider: string
  model: string
}

/** A conversation as the AI SDK's model interface takes it. What was never said (no parts, unfinished calls) is left out. */
export function toPrompt({ system, messages }: { system?: string; messages: readonly Message[] }, asked: Asked): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = system === undefined ? [] : [{ role: 'system', content: system }]
  for (const message of messages) {
    if (message.role === 'user') addUser(prompt, message.parts.flatMap(userPart))
    else addAssistant(prompt, message, asked)
  }
  return prompt
}

/** Some models refuse two user messages in a row (the first may have got no answer): they become one. */
function addUser(prompt: LanguageModelV4Prompt, content: UserContent): void {
  const last = prompt.at(-1)
  if (last?.role !== 'user') {
    if (content.length > 0) prompt.push({ role: 'user', content })
    return
  }
  for (const part of content) {
    const before = last.content.at(-1)
    // One text, not two: for a list of parts some servers have no ear.
    if (part.type === 'text' && before?.type === 'text') before.text += `\n\n${part.text}`
    else last.content.push(part)
  }
}

function userPart(part: Part): UserContent {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }]
  if (part.type !== 'file') return []
  const data = fileData(part.url)
  const filename = part.name !== undefined && { filename: part.name }
  return data
    ? [{ type: 'file', mediaType: part.mediaType, data, ...filename }]
    : [{ type: 'text', text: `[file: ${part.name ?? part.url}]` }]
}

/** A provider can read what is in the address itself or in public; undefined for all else. */
function fileData(url: string): LanguageModelV4FilePart['data'] | undefined {
  const inline = /^data:[^,]*;base64,/.exec(url)
  if (inline) return { type: 'data', data: url.slice(inline[0].length) }
  return /^https?:\/\//.test(url) && URL.canParse(url) ? { type: 'url', url: new URL(url) } : undefined
}

/** Calls and their results alternate: each run of calls ends a model's turn, and its results are the answer to it. */
function addAssistant(prompt: LanguageModelV4Prompt, message: AssistantMessage, asked: Asked): void {
  const isOwn = message.provider === asked.provider && message.model === asked.model
  let said: AssistantContent = []
  let results: ToolContent = []
  const flush = () => {
    const content = withoutIdleReasoning(said)
    if (content.length > 0) prompt.push({ role: 'assistant', content })
    if (results.length > 0) prompt.push({ role: 'tool', content: results })
    said = []
    results = []
  }
  for (const part of message.parts) {
    if (part.type !== 'tool' && results.length > 0) flush()
    if (part.type === 'steer') {
      flush()
      if (part.text.trim() !== '') addUser(prompt, [{ type: 'text', text: part.text }])
    } else if (part.type !== 'tool') said.push(...saidPart(part, isOwn))
    else if (part.status !== 'pending') {
      const call = { toolCallId: isOwn ? part.callId : plain(part.callId), toolName: plain(part.toolName).slice(0, 64) || 'unknown' }
      said.push({ type: 'tool-call', ...call, input: inputOf(part), ...(isOwn && optionsOf(part.metadata)) })
      results.push({ type: 'tool-result', ...call, output: outputOf(part) })
    }
  }
  flush()
}

/** The characters that every provider takes. Models invent tools with other names, and such a name would be refused from then on. */
function plain(name: string): string {
  return name.replace(/[^\w-]/g, '_')
}

/** Reasoning goes back only with its provider's own mark on it: without one it would be refused or misread. */
function saidPart(part: Exclude<Part, ToolPart>, isOwn: boolean): AssistantContent {
  if (part.type === 'text')
    return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...(isOwn && optionsOf(part.metadata)) }]
  if (part.type === 'reasoning' && part.metadata && isOwn) return [{ type: 'reasoning', text: part.text, ...optionsOf(part.metadata) }]
  return []
}

/** Reasoning that led to nothing is refused: the answer broke off in it. */
function withoutIdleReasoning(content: AssistantContent): AssistantContent {
  return content.slice(0, content.findLastIndex((part) => part.type !== 'reasoning') + 1)
}

type CompleteCall = Exclude<ToolPart, { status: 'pending' }>

/** Providers want an object; arguments that were never valid are shown as the text they were. */
function inputOf({ args }: CompleteCall): unknown {
  return typeof args === 'object' && args !== null && !Array.isArray(args) ? args : { invalid: args }
}

function outputOf(part: CompleteCall): LanguageModelV4ToolResultOutput {
  switch (part.status) {
    case 'completed':
      // JSON of ours and of the SDK differ only in that the SDK's is read-only.
      return typeof part.result === 'string' ? { type: 'text', value: part.result } : { type: 'json', value: part.result as JSONValue }
    case 'failed':
      return { type: 'error-text', value: part.error }
    case 'denied':
      return { type: 'error-text', value: `The user denied this call${part.reason === undefined ? '' : `: ${part.reason}`}.` }
    case 'running':
      return { type: 'error-text', value: 'The run was stopped before this tool had finished. Whether it took effect is unknown.' }
    case 'awaiting-approval':
    case 'approved':
      return { type: 'error-text', value: 'The run ended before this tool was run.' }
    default:
      return part satisfies never
  }
}

function optionsOf(metadata: ProviderMetadata | undefined): { providerOptions?: SharedV4ProviderOptions } {
  return metadata ? { providerOptions: metadata as SharedV4ProviderOptions } : {}
}
