import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import type { JsonValue, NewEvent } from '#lib/protocol/index.ts'
import { encodeEvent } from '#lib/sse/index.ts'

export interface ScriptedLog {
  sessionId: string
  /** Adds events to the log, and tells whoever reads it. */
  append(...events: NewEvent[]): void
  close(): Promise<void>
}

/** Behind what the session's own log holds. */
const FIRST_SEQ = 1_000

/** A session whose log a test writes: the page reads it from here instead of from the server, over the same stream. */
export async function openScriptedSession(page: Page, title: string): Promise<ScriptedLog> {
  const readers = new Set<ServerResponse>()
  const log: string[] = []
  const server = createServer((request, response) => {
    const after = Number(new URL(request.url ?? '', 'http://x').searchParams.get('after'))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`: \n\n${log.slice(Math.max(0, after + 1 - FIRST_SEQ)).join('')}`)
    readers.add(response)
    response.on('close', () => readers.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await page.goto('/')
  const sessionId = await page.evaluate(async (name) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch('/api/sessions', { method: 'POST', headers, body: JSON.stringify({ title: name }) })
    return ((await response.json()) as { id: string }).id
  }, title)
  await page.route('**/events?*', (route) => route.continue({ url: `http://127.0.0.1:${port}/${new URL(route.request().url()).search}` }))
  await page.goto(`/chat/${sessionId}`)
  return {
    sessionId,
    append(...events) {
      for (const event of events) {
        const seq = FIRST_SEQ + log.length
        const line = encodeEvent(event.type, JSON.stringify({ ...event, sessionId, seq, at: new Date().toISOString() }), seq)
        log.push(line)
        for (const reader of readers) reader.write(line)
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const RUN = 'run-1'
const NO_USAGE = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/** Events of one run, as its worker would write them. */
export const run = {
  begins: (text: string): NewEvent[] => [
    {
      type: 'message:created',
      runId: RUN,
      message: { id: 'm1', role: 'user', parentId: null, createdAt: now(), parts: [{ type: 'text', text }] },
    },
    { type: 'run:started', runId: RUN, provider: 'demo', model: 'demo', messageId: 'answer-1', parentId: 'm1', epoch: 1 },
    { type: 'llm:thinking', runId: RUN, step: 1, usage: NO_USAGE },
  ],
  says: (content: string): NewEvent => ({ type: 'llm:chunk', runId: RUN, content, chunkType: 'text' }),
  calls: (callId: string, toolName: string, args: JsonValue): NewEvent => ({ type: 'llm:tool-call', runId: RUN, callId, toolName, args }),
  progresses: (callId: string, update: { text?: string; done?: number; total?: number }): NewEvent => ({
    type: 'llm:tool-progress',
    runId: RUN,
    callId,
    toolName: '',
    ...update,
  }),
  returns: (callId: string, result: JsonValue, durationMs = 84): NewEvent => ({
    type: 'llm:tool-result',
    runId: RUN,
    callId,
    toolName: '',
    success: true,
    result,
    durationMs,
  }),
  fails: (callId: string, error: string): NewEvent => ({
    type: 'llm:tool-result',
    runId: RUN,
    callId,
    toolName: '',
    success: false,
    error,
    durationMs: 30_000,
  }),
  asks: (callId: string, args: JsonValue, form?: { message: string; schema: JsonValue }): NewEvent => ({
    type: 'approval:request',
    runId: RUN,
    callId,
    toolName: '',
    approvalId: `approval-of-${callId}`,
    args,
    expiresAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
    ...(form && { form }),
  }),
  waits: { type: 'run:waiting', runId: RUN } as NewEvent,
  isAnswered: (callId: string, approved: boolean, reason?: string): NewEvent => ({
    type: 'approval:response',
    runId: RUN,
    approvalId: `approval-of-${callId}`,
    approved,
    by: 'user',
    ...(reason !== undefined && { reason }),
  }),
  hears: (id: string, text: string): NewEvent => ({
    type: 'message:dequeued',
    runId: RUN,
    messageId: id,
    mode: 'steer',
    message: { id, role: 'user', parentId: null, createdAt: now(), parts: [{ type: 'text', text }] },
  }),
  queues: (id: string, text: string, mode: 'steer' | 'follow-up'): NewEvent[] => [
    {
      type: 'message:created',
      runId: `run-of-${id}`,
      message: { id, role: 'user', parentId: null, createdAt: now(), parts: [{ type: 'text', text }] },
    },
    { type: 'message:queued', runId: `run-of-${id}`, messageId: id, mode },
  ],
  summarises: (summary: string): NewEvent => ({
    type: 'context:compacted',
    runId: RUN,
    cutResults: 3,
    summary,
    tokensBefore: 121_400,
    tokensAfter: 32_000,
  }),
  ends: (finishReason: 'stop' | 'max-steps', limit?: 'steps' | 'tokens' | 'time' | 'cost'): NewEvent[] => [
    {
      type: 'llm:response',
      runId: RUN,
      content: '',
      usage: { inputTokens: 900, outputTokens: 304, totalTokens: 1_204 },
      messageId: 'answer-1',
      provider: 'demo',
      model: 'demo',
      finishReason,
      ...(limit && { limit }),
    },
    { type: 'run:complete', runId: RUN, finishReason, stepCount: 3, durationMs: 9_000 },
  ],
}

function now(): string {
  return new Date().toISOString()
}
