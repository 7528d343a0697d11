import { AppError, type EventType, type NewEvent, type RillEvent } from '#lib/protocol/index.ts'
import { rillEvent } from '#lib/protocol/schemas.ts'

/** A committed event. The JSON is made once, however many readers follow; the object only for those who want it. */
export class LogEntry {
  readonly sessionId: string
  readonly seq: number
  readonly at: string
  readonly runId: string | null
  readonly type: EventType
  /** JSON object of the payload without `type`, `sessionId`, `seq`, `at` and `runId`. */
  readonly data: string
  #event: RillEvent | undefined
  readonly #payload: NewEvent | undefined
  #json: string | undefined

  /** `payload` spares parsing what this process has just written. */
  constructor(row: LogRow, payload?: NewEvent) {
    this.sessionId = row.sessionId
    this.seq = row.seq
    this.at = row.at
    this.runId = row.runId
    this.type = row.type
    this.data = row.data
    this.#payload = payload
  }

  /** The whole event as one line of JSON: what goes over the wire. */
  get json(): string {
    this.#json ??= this.#spliced()
    return this.#json
  }

  get event(): RillEvent {
    this.#event ??= this.#payload ? placeEvent(this.#payload, this) : parseStored(this.json)
    return this.#event
  }

  #spliced(): string {
    const run = this.runId === null ? '' : `,"runId":"${this.runId}"`
    const rest = this.data === '{}' ? '}' : `,${this.data.slice(1)}`
    return `{"type":"${this.type}","sessionId":"${this.sessionId}","seq":${this.seq},"at":"${this.at}"${run}${rest}`
  }
}

export interface LogRow {
  sessionId: string
  seq: number
  /** ISO time with milliseconds. */
  at: string
  runId: string | null
  type: EventType
  data: string
}

export function rowOf(sessionId: string, seq: number, at: string, event: NewEvent): LogRow {
  const { type, ...rest } = event
  const { runId = null, ...payload } = rest as { runId?: string }
  return { sessionId, seq, at, runId, type, data: JSON.stringify(payload) }
}

/** An event with its place in the log. */
export function placeEvent(event: NewEvent, { sessionId, seq, at }: Pick<LogRow, 'sessionId' | 'seq' | 'at'>): RillEvent {
  return { ...event, sessionId, seq, at }
}

function parseStored(json: string): RillEvent {
  const parsed = rillEvent.safeParse(JSON.parse(json))
  if (parsed.success) return parsed.data
  throw new AppError('internal', 'An event in the log cannot be read by this version of Rill.', { cause: parsed.error })
}
