import 'server-only'

/** While a database is away, everything that needs it fails in the same way. */
const SAME_WITHIN_MS = 10_000

/** An error, as a log has it: where and why, and none of what people wrote. */
export interface Problem extends Reason {
  /** What was only said, without an error, is a warning. */
  level: 'error' | 'warn'
}

interface Reason {
  msg: string
  code?: string
  stack?: string
  cause?: Reason
}

let last = { message: '', at: Number.NEGATIVE_INFINITY }
/** Next loads a module once for its instrumentation and once for its routes: both report to one place. */
const shared = globalThis as typeof globalThis & { rillReportTo?: ((problem: Problem) => void) | undefined }

/** Where problems go from here on. At first, and for undefined: to the console. */
export function reportTo(write: ((problem: Problem) => void) | undefined): void {
  shared.rillReportTo = write
}

/**
 * Tells whoever runs the server of an error with its causes: where and why, and none of what people wrote. The same error
 * again within ten seconds is not told.
 */
export function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const now = performance.now()
  if (message === last.message && now - last.at < SAME_WITHIN_MS) return
  last = { message, at: now }
  const write = shared.rillReportTo
  if (write) write({ level: error instanceof Error ? 'error' : 'warn', ...toReason(error) })
  else console.error(`[rill] ${textOf(error)}`)
}

/** Drivers hang the statement's values on their errors: only the message, the code and the stack are taken. */
function toReason(error: unknown): Reason {
  if (!(error instanceof Error)) return { msg: String(error) }
  const { code } = error as { code?: unknown }
  const stack = framesOf(error)
  return {
    msg: error.message,
    ...(code !== undefined && { code: String(code) }),
    ...(stack !== '' && { stack }),
    ...(error.cause !== undefined && { cause: toReason(error.cause) }),
  }
}

/** Where an error came from, without what it says. */
export function framesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n')
}

/** As `toReason`, for a terminal. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  const own = `${error.stack ?? error.message}${code === undefined ? '' : `\n    code: ${String(code)}`}`
  return error.cause === undefined ? own : `${own}\n  Caused by: ${textOf(error.cause)}`
}

/** The one message that says why: a failed `fetch` has it in its cause, a connection refused at several addresses in its errors. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error instanceof AggregateError ? error.errors[0] : error.message === 'fetch failed' ? error.cause : undefined
  return inner === undefined ? error.message : reasonOf(inner)
}
