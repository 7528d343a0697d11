import { expect } from 'vitest'
import { parseStreamEvent, type RillEvent, type SessionInfo } from '#lib/protocol/index.ts'
import type { Runtime } from '#lib/runtime.ts'
import { createDecoder } from '#lib/sse/index.ts'
import * as sessions from '../sessions/route.ts'

type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>
/** Where handlers find their runtime. */
export const shared = globalThis as typeof globalThis & { rillRuntime?: Promise<Runtime> | undefined }

export interface Init extends RequestInit {
  params?: Record<string, string>
  json?: unknown
}

/** Calls a handler as Next does. A browser's visitor unless the headers say otherwise. */
export function call(handler: unknown, path: string, { params = {}, json, ...init }: Init = {}): Promise<Response> {
  const headers = new Headers({ host: '127.0.0.1:3000', ...(init.headers as Record<string, string>) })
  if (json !== undefined) headers.set('content-type', 'application/json')
  const body = json === undefined ? (init.body ?? null) : JSON.stringify(json)
  const request = new Request(`http://127.0.0.1:3000${path}`, {
    ...init,
    method: init.method ?? (body === null ? 'GET' : 'POST'),
    headers,
    body,
  })
  return (handler as Handler)(request, { params: Promise.resolve(params as never) })
}

export const browser = { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:3000' }

export interface Visitor {
  headers: Record<string, string>
  sessionId: string
}

/** A visitor with a cookie of its own. */
export async function visitor(): Promise<Visitor> {
  const response = await call(sessions.POST, '/api/sessions', { json: {}, headers: browser })
  expect(response.status).toBe(201)
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  expect(response.headers.getSetCookie().every((one) => /HttpOnly/i.test(one) && /SameSite=Lax/i.test(one))).toBe(true)
  return { headers: { ...browser, cookie }, sessionId: ((await response.json()) as SessionInfo).id }
}

export async function* read(response: Response): AsyncGenerator<RillEvent> {
  const decoder = createDecoder()
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    for (const message of decoder.push(bytes)) {
      const event = parseStreamEvent(message.data)
      if (event && event.type !== 'session:reset') yield event
    }
  }
}

export async function untilComplete(response: Response): Promise<RillEvent[]> {
  const seen: RillEvent[] = []
  for await (const event of read(response)) {
    seen.push(event)
    if (event.type === 'run:complete') break
  }
  return seen
}
