import { emptyState, type NewEvent, type RillEvent, type SessionState } from '#lib/protocol/index.ts'
import { encodeEvent } from '#lib/sse/index.ts'

export const SESSION = 'session-1'
const AT = '2026-01-01T00:00:00.000Z'

export const emptySession = (): SessionState => emptyState({ id: SESSION, title: null, createdAt: AT, updatedAt: AT })

/** Events as a log would hold them: numbered from `after` + 1. */
export function inLog(events: NewEvent[], after = 0): RillEvent[] {
  return events.map((event, index) => ({ ...event, sessionId: SESSION, seq: after + index + 1, at: AT }) as RillEvent)
}

export function userSaid(id: string, text: string, runId: string, parentId: string | null = null): NewEvent {
  return {
    type: 'message:created',
    runId,
    message: { id, role: 'user', parentId, createdAt: AT, parts: [{ type: 'text', text }] },
  }
}

/** A run with one answer, its text in pieces. */
export function answered(runId: string, parentId: string, pieces: string[]): NewEvent[] {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }
  const origin = { provider: 'demo', model: 'demo' }
  const messageId = `answer-${runId}`
  return [
    { type: 'run:started', runId, ...origin, messageId, parentId, epoch: 1 },
    { type: 'llm:thinking', runId, step: 1, usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 } },
    ...pieces.map((content): NewEvent => ({ type: 'llm:chunk', runId, content, chunkType: 'text' })),
    { type: 'llm:response', runId, content: pieces.join(''), usage, messageId, ...origin, finishReason: 'stop' },
    { type: 'run:complete', runId, finishReason: 'stop', stepCount: 1, durationMs: 5 },
  ]
}

/** Events as bytes on the wire, with a heartbeat before each. */
export function onWire(events: readonly RillEvent[]): Uint8Array {
  return new TextEncoder().encode(events.map((event) => `: beat\n\n${encodeEvent(event.type, JSON.stringify(event), event.seq)}`).join(''))
}
