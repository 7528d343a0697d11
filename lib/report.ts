import 'server-only'

/** While a database is away, everything that needs it fails in the same way. */
const SAME_WITHIN_MS = 10_000

let last = { message: '', at: Number.NEGATIVE_INFINITY }

/**
 * Prints an error with its causes for whoever runs the server: where and why, and none of what people wrote. The same error
 * again within ten seconds is not printed.
 */
export function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const now = performance.now()
  if (message === last.message && now - last.at < SAME_WITHIN_MS) return
  last = { message, at: now }
  console.error(`[rill] ${textOf(error)}`)
}

/** Drivers hang the statement's values on their errors: only the message, the code and the stack are taken. */
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
