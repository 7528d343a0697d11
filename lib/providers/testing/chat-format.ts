import type { Answer, Step } from './scripted-provider.ts'

/** OpenAI's chat format, as servers write it. */
export const DONE = 'data: [DONE]\n\n'

const BASE = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'scripted' }

export type ChatFinishReason = 'stop' | 'length' | 'content_filter' | 'tool_calls' | 'error'

/** One event with one choice. */
export function chatChunk(delta: Record<string, unknown>, finishReason: ChatFinishReason | null = null): string {
  return event({ ...BASE, choices: [{ index: 0, delta, finish_reason: finishReason }] })
}

/** Any JSON as one event. */
export function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** The last event before `DONE`: what the answer used. */
export function chatUsage(inputTokens: number, outputTokens: number): string {
  const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens }
  return event({ ...BASE, choices: [], usage })
}

/** The end of an answer: its finish reason, its usage, `DONE`. */
export function chatEnd(finishReason: ChatFinishReason = 'stop', outputTokens = 1): string {
  return chatChunk({}, finishReason) + chatUsage(7, outputTokens) + DONE
}

/** A whole answer, one delta a step. `delayMs` stands before each. */
export function chatAnswer(deltas: Iterable<string>, { delayMs = 0, finishReason = 'stop' as ChatFinishReason } = {}): Answer {
  return { steps: chatSteps(deltas, delayMs, finishReason) }
}

function* chatSteps(deltas: Iterable<string>, delayMs: number, finishReason: ChatFinishReason): Generator<Step> {
  let count = 0
  yield { text: chatChunk({ role: 'assistant', content: '' }) }
  for (const content of deltas) {
    count += 1
    yield { text: chatChunk({ content }), delayMs }
  }
  yield { text: chatEnd(finishReason, count) }
}

export interface ChatToolCall {
  id: string
  name: string
  /** The pieces of the arguments, JSON text. */
  args: string[]
}

/** An answer that asks for tools, all in parallel. */
export function chatToolCalls(...calls: ChatToolCall[]): Answer {
  const steps: Step[] = calls.flatMap(({ id, name, args }, index) => [
    { text: chatChunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }) },
    ...args.map((piece) => ({ text: chatChunk({ tool_calls: [{ index, function: { arguments: piece } }] }) })),
  ])
  return { steps: [...steps, { text: chatEnd('tool_calls') }] }
}

/** A whole answer that is not streamed. */
export function chatCompletion(content: string): Answer {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 }
  return json(200, { ...BASE, object: 'chat.completion', choices, usage })
}

/** An answer in JSON, such as an error. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, steps: [{ text: JSON.stringify(body) }] }
}

/** Text as one step a byte. */
export function* bytewise(text: string): Generator<Step> {
  for (const byte of new TextEncoder().encode(text)) yield { bytes: Uint8Array.of(byte) }
}
