import 'server-only'

/** Prints an error with its causes for whoever runs the server: where and why, and none of what people wrote. */
export function report(error: unknown): void {
  console.error(`[rill] ${textOf(error)}`)
}

/** Drivers hang the statement's values on their errors: only the message, the code and the stack are taken. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  const own = `${error.stack ?? error.message}${code === undefined ? '' : `\n    code: ${String(code)}`}`
  return error.cause === undefined ? own : `${own}\n  Caused by: ${textOf(error.cause)}`
}
