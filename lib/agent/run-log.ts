import { type EventLog, foldEntries, type LogEntry } from '#lib/log/index.ts'
import {
  type ActiveRun,
  AppError,
  type AssistantMessage,
  type NewEvent,
  NO_USAGE,
  type Part,
  reduce,
  type SessionState,
  type Usage,
} from '#lib/protocol/index.ts'
import { type Counts, NO_OBSERVER, type Observer, type RunObserver } from './observer.ts'
import type { ClaimedRun } from './store.ts'

type Unplaced<E> = E extends NewEvent ? Omit<E, 'runId'> : never
/** An event of this run; its id is added here. */
export type RunEvent = Unplaced<Extract<NewEvent, { runId: string }>>

/** A writer waits when this many characters are not committed yet. */
const MOST_WAITING = 1_000_000
/** Events that are read at once of what was missed. */
const PAGE = 500
/** Longer deltas are cut, so that one event stays of a size that every reader can take. */
const LONGEST_DELTA = 65_536

/**
 * One run's hand on the log: appends in order, knows the state that the committed events fold to, and stops the run when the
 * log refuses it (another worker has the run, or the session is gone).
 */
export class RunLog {
  readonly run: ClaimedRun
  readonly observed: RunObserver
  readonly usedBeside: Observer['usedBeside']
  readonly #counts: Counts
  readonly #log: EventLog
  readonly #stop: (reason: AppError) => void
  #state: SessionState
  /** Another instance wrote: what it wrote is to be read before what comes after it. */
  #isBehind = false
  #reading: Promise<void> | undefined
  #waiting = 0
  #written: number
  #failure: unknown
  #last: Promise<unknown> = Promise.resolve()
  /** What the run has used so far: with the step that is under way, of which the log does not know yet. */
  usage: Usage
  /** From which part of the answer on the model has seen no results yet: where the last complete model call began. */
  unansweredFrom: number
  /** Tokens that the model held after its last call, and how many parts the answer had before that call's. */
  measured: { tokens: number; from: number } | undefined

  constructor(log: EventLog, run: ClaimedRun, stop: (reason: AppError) => void, observer: Observer = NO_OBSERVER) {
    this.run = run
    this.observed = observer.beginRun(run)
    this.usedBeside = observer.usedBeside
    this.#counts = observer.counts
    this.#log = log
    this.#stop = stop
    this.#state = run.state
    this.unansweredFrom = run.state.activeRun?.stepStart ?? 0
    this.#written = charactersOf(run.state.activeRun?.answer?.parts ?? [])
    this.usage = run.state.activeRun?.usage ?? NO_USAGE
  }

  /** Characters that the run has written: what earlier workers left of theirs, and all that was handed over here. */
  get written(): number {
    return this.#written
  }

  get state(): SessionState {
    return this.#state
  }

  get active(): ActiveRun {
    if (!this.#state.activeRun) throw new TypeError('The run is over.')
    return this.#state.activeRun
  }

  get answer(): AssistantMessage {
    if (!this.active.answer) throw new TypeError('The run has not started.')
    return this.active.answer
  }

  /** Takes what this process has committed of the session. */
  fold(entry: LogEntry): void {
    if (entry.seq > this.#state.cursor + 1) this.#isBehind = true
    else this.#state = reduce(this.#state, entry.event)
  }

  /** Resolves when the events are committed and folded; throws what the log refused. */
  async append(...events: RunEvent[]): Promise<void> {
    // Whoever ends the run meanwhile waits for it too: commits of a session come in order, so that the last one suffices.
    const written = this.#write(events)
    this.#last = written
    await written
    this.#throwFailure()
    await this.#readMissed()
  }

  /** Resolves when all up to `head`, the log's last seq, is folded, whoever wrote it. */
  async catchUp(head: number): Promise<void> {
    if (head > this.#state.cursor) this.#isBehind = true
    await this.#readMissed()
  }

  /** Hands a piece of text to the log without waiting for the commit, unless too much waits already. */
  async appendDelta(event: Extract<RunEvent, { type: 'llm:chunk' }>): Promise<void> {
    for (const content of piecesOf(event.content)) {
      this.#later({ ...event, content }, content.length)
      if (this.#waiting > MOST_WAITING) await this.settle()
    }
    this.#throwFailure()
  }

  async appendArgsDelta(event: Extract<RunEvent, { type: 'llm:tool-call-partial' }>): Promise<void> {
    for (const argsDelta of piecesOf(event.argsDelta)) {
      this.#later({ ...event, argsDelta }, argsDelta.length)
      if (this.#waiting > MOST_WAITING) await this.settle()
    }
    this.#throwFailure()
  }

  appendProgress(event: Extract<RunEvent, { type: 'llm:tool-progress' }>): void {
    this.#later(event, event.text?.length ?? 0)
  }

  /** Events as this run's. */
  own(events: RunEvent[]): NewEvent[] {
    const { id: runId } = this.run
    return events.map((event) => ({ ...event, runId }) as NewEvent)
  }

  /** Waits until all that was handed over is committed. */
  async settle(): Promise<void> {
    await this.#last
    this.#throwFailure()
    await this.#readMissed()
  }

  async #readMissed(): Promise<void> {
    while (this.#isBehind || this.#reading) {
      this.#reading ??= this.#readPage().finally(() => {
        this.#reading = undefined
      })
      await this.#reading
    }
  }

  async #readPage(): Promise<void> {
    this.#isBehind = false
    const entries = await this.#log.persist(() => this.#log.read(this.run.sessionId, this.#state.cursor, PAGE))
    // What another version wrote is passed over where it cannot be read.
    this.#state = foldEntries(this.#state, entries, { isLenient: true })
    if (entries.length === PAGE) this.#isBehind = true
  }

  #later(event: RunEvent, size: number): void {
    this.#waiting += size
    this.#written += size
    this.#counts.chunks += 1
    this.#last = this.#write([event], size)
  }

  async #write(events: RunEvent[], size = 0): Promise<void> {
    const { id: runId, epoch, sessionId } = this.run
    try {
      await this.#log.append(sessionId, this.own(events), { runId, epoch })
    } catch (error) {
      this.#failure ??= error
      this.#stop(error instanceof AppError ? error : new AppError('unavailable', 'The answer could not be stored.', { cause: error }))
    } finally {
      this.#waiting -= size
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function charactersOf(parts: readonly Part[]): number {
  let count = 0
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'reasoning') count += part.text.length
    else if (part.type === 'tool') count += part.status === 'pending' ? part.argsText.length : JSON.stringify(part.args).length
  }
  return count
}

/** Cuts between characters, never inside a surrogate pair. */
function piecesOf(text: string): string[] {
  if (text.length <= LONGEST_DELTA) return [text]
  const pieces: string[] = []
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + LONGEST_DELTA, text.length)
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}
