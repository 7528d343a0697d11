import 'server-only'

/**
 * A line of the log for people: time, level, what happened, what belongs to it; a stack below. What would steer the terminal is
 * written as its number: much of it was said by others.
 */
export function readableLine(line: string): string {
  const { time, level, msg, stack, cause, ...rest } = JSON.parse(line) as Record<string, unknown>
  const facts = Object.entries(rest).map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${plain(`${String(time)} ${String(level)} ${String(msg)}${facts.join('')}`)}\n${detailsOf(stack, cause)}`
}

function detailsOf(stack: unknown, cause: unknown): string {
  const own = typeof stack === 'string' ? `${stack.split('\n').map(plain).join('\n')}\n` : ''
  if (typeof cause !== 'object' || cause === null) return own
  const { msg, code, stack: below, cause: next } = cause as Record<string, unknown>
  return `${own}${plain(`  Caused by: ${String(msg)}${code === undefined ? '' : ` (${String(code)})`}`)}\n${detailsOf(below, next)}`
}

function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
