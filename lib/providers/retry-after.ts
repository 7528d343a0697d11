const LONGEST_MS = 60_000

/** Such as `Sun, 06 Nov 1994 08:49:37 GMT`: `Date.parse` alone takes almost anything for a date. */
const HTTP_DATE = /^[a-z]{3,9},? \d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/i
const NUMBER = /^[+-]?\d+(\.\d+)?$/

/**
 * How long a provider asks to wait, in ms from 0 to 60,000: from `retry-after-ms`, or `retry-after` as seconds or as an HTTP
 * date. Undefined when it does not say, or says nothing that can be understood.
 */
export function retryAfterMs(headers: Record<string, string>, now = Date.now()): number | undefined {
  const exact = headers['retry-after-ms']?.trim()
  if (exact !== undefined && NUMBER.test(exact)) return clamp(Number(exact))
  const value = headers['retry-after']?.trim()
  if (value === undefined) return undefined
  if (NUMBER.test(value)) return clamp(Number(value) * 1_000)
  if (!HTTP_DATE.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : clamp(at - now)
}

/** Also for waits that are named elsewhere, in ms. */
export function clamp(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), LONGEST_MS))
}
