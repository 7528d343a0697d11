import 'server-only'
import type { EventLog, LogEntry } from '#lib/log/index.ts'
import { AppError } from '#lib/protocol/index.ts'
import { encodeEvent } from '#lib/sse/index.ts'

/** A session's log from a cursor as SSE frames, one string a batch; ends with `session:reset` when the cursor is not in the log. */
export async function* sessionFrames(log: EventLog, sessionId: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
  for await (const followed of log.follow(sessionId, { after, signal })) {
    if (followed.type === 'reset') {
      yield encodeEvent('session:reset', JSON.stringify({ type: 'session:reset', sessionId, cursor: followed.head }))
      return
    }
    let frames = ''
    for (const entry of followed.entries) frames += encodeEvent(entry.type, entry.json, entry.seq)
    yield frames
  }
}

/** How long what comes right after an event is waited for, so that an answer that is being written is not one request a word. */
const GATHER_MS = 100
/** In characters: a poll that has so much ends, and the next one goes on. */
const ENOUGH = 1_000_000

export interface PollOptions {
  /** The cursor to go on from. */
  after: number
  /** How long to wait for an event where there is none yet. */
  waitMs: number
  /** Ends the poll with what there is. */
  signal: AbortSignal
}

/** What a session's log has after a cursor as SSE frames, like `sessionFrames`; empty when nothing came in time. */
export async function polledFrames(log: EventLog, sessionId: string, { after, waitMs, signal }: PollOptions): Promise<string> {
  const over = new AbortController()
  const endIn = (ms: number) => setTimeout(() => over.abort(), ms)
  // What is there already is given however short the wait is.
  let timer = (await log.head(sessionId)) > after ? undefined : endIn(waitMs)
  let frames = ''
  try {
    for await (const batch of sessionFrames(log, sessionId, after, AbortSignal.any([signal, over.signal]))) {
      if (frames === '') {
        clearTimeout(timer)
        timer = endIn(GATHER_MS)
      }
      frames += batch
      if (frames.length >= ENOUGH) break
    }
  } finally {
    clearTimeout(timer)
  }
  return frames
}

export interface FollowedRun {
  sessionId: string
  runId: string
  /** The cursor to begin at. */
  after: number
}

/** One run as SSE frames, until `run:complete`; a failure is also sent as `event: error`. */
export async function* runFrames(log: EventLog, { sessionId, runId, after }: FollowedRun, signal: AbortSignal): AsyncGenerator<string> {
  for await (const followed of log.follow(sessionId, { after, signal })) {
    if (followed.type === 'reset') throw new AppError('reader-too-slow', 'The events of this run are no longer kept.')
    let frames = ''
    for (const entry of followed.entries) {
      if (entry.runId !== runId && entry.type !== 'session:created') continue
      frames += encodeEvent(entry.type, entry.json, entry.seq)
      if (entry.type === 'llm:error') frames += errorFrame(entry)
      if (entry.type === 'run:complete') {
        yield frames
        return
      }
    }
    if (frames !== '') yield frames
  }
  // The server stops. Without a word this would look like the end of the answer.
  if (!signal.aborted)
    yield encodeEvent('error', JSON.stringify({ message: 'The server stopped. The answer goes on in its session.', code: 'unavailable' }))
}

function errorFrame({ event }: LogEntry): string {
  return event.type === 'llm:error' ? encodeEvent('error', JSON.stringify({ message: event.message, code: event.code })) : ''
}
