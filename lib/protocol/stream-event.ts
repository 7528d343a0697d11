import type { EventType, RillEvent, SessionReset } from './events.ts'

/** Every type that this build knows; the compiler holds it to the schema. */
const KNOWN: Record<EventType, true> = {
  'session:created': true,
  'session:title-updated': true,
  'session:settings-updated': true,
  'session:queue-reordered': true,
  'session:branch-selected': true,
  'session:deleted': true,
  'session:restored': true,
  'message:created': true,
  'message:deleted': true,
  'message:restored': true,
  'message:rated': true,
  'message:queued': true,
  'message:updated': true,
  'message:removed': true,
  'message:dequeued': true,
  'run:created': true,
  'run:started': true,
  'run:waiting': true,
  'llm:thinking': true,
  'llm:chunk': true,
  'llm:tool-call-partial': true,
  'llm:tool-call': true,
  'approval:request': true,
  'approval:response': true,
  'llm:tool-started': true,
  'llm:tool-progress': true,
  'llm:tool-result': true,
  'context:compacted': true,
  'llm:retrying': true,
  'llm:response': true,
  'llm:error': true,
  'run:complete': true,
}

/**
 * Reads one SSE `data` line. `null` for a type that this build does not know (a newer server): ignore it. Of the others only the
 * envelope is checked: the server has checked the rest, and its schemas are more than the page should load.
 */
export function parseStreamEvent(data: string): RillEvent | SessionReset | null {
  const json: unknown = JSON.parse(data)
  if (!hasEnvelope(json)) return null
  if (json.type === 'session:reset' && 'cursor' in json && typeof json.cursor === 'number') return json as SessionReset
  return Object.hasOwn(KNOWN, json.type) && 'seq' in json && typeof json.seq === 'number' ? (json as RillEvent) : null
}

function hasEnvelope(json: unknown): json is { type: string; sessionId: string } {
  if (typeof json !== 'object' || json === null) return false
  return 'type' in json && typeof json.type === 'string' && 'sessionId' in json && typeof json.sessionId === 'string'
}
