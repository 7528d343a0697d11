/** In characters. */
const LONGEST = 200

/** The arguments' values on one line. What it costs does not depend on how long they are. */
export function summaryOf(args: unknown): string {
  if (typeof args !== 'object' || args === null) return inShort(args ?? '')
  let summary = ''
  for (const key in args) {
    if (!Object.hasOwn(args, key)) continue
    const value = inShort((args as Record<string, unknown>)[key])
    if (value !== '') summary += summary === '' ? value : ` · ${value}`
    if (summary.length > LONGEST) break
  }
  return summary.slice(0, LONGEST)
}

function inShort(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, LONGEST)
  if (Array.isArray(value)) return value.length === 1 ? '[1 item]' : `[${value.length} items]`
  return typeof value === 'object' && value !== null ? '{…}' : String(value)
}
