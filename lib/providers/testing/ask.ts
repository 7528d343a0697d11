import { AppError, newId, type UserMessage } from '#lib/protocol/index.ts'
import type { Model, ModelEvent, ModelRequest } from '../model.ts'

/** A user's message. */
export function userSays(text: string): UserMessage {
  return { id: newId(), role: 'user', parentId: null, createdAt: new Date().toISOString(), parts: [{ type: 'text', text }] }
}

/** A request with one question. */
export function question(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { messages: [userSays(text)], tools: [], signal: new AbortController().signal, ...more }
}

export interface Outcome {
  events: ModelEvent[]
  text: string
  /** What the stream threw, if it did. */
  error: AppError | undefined
}

/** Asks to the end. Fails for a thrown value that is no `AppError`. */
export async function ask(model: Model, request: ModelRequest | string = 'Hello'): Promise<Outcome> {
  const events: ModelEvent[] = []
  let error: AppError | undefined
  try {
    for await (const event of model.stream(typeof request === 'string' ? question(request) : request)) events.push(event)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    error = thrown
  }
  return { events, text: textOf(events), error }
}

export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.delta : '')).join('')
}
