import { cleanJson, cleanText, type JsonValue } from '#lib/protocol/index.ts'

/** A longer result is cut, in characters. */
const LONGEST_RESULT = 256_000

/** A result as it may stand in an event: what is longer is cut, and says so. */
export function cutResult(result: JsonValue): JsonValue {
  const text = typeof result === 'string' ? result : JSON.stringify(result)
  if (text.length <= LONGEST_RESULT) return result
  return `${text.slice(0, LONGEST_RESULT).toWellFormed()}\n[cut: the result was ${text.length} characters long]`
}

/** What was thrown, in words that a model and a reader can be shown. */
export function messageOf(error: unknown): string {
  try {
    return cutResult(cleanText(wordsOf(error))) as string
  } catch {
    // Anything can be thrown, also what cannot be made text.
    return 'The tool failed.'
  }
}

function wordsOf(thrown: unknown): string {
  if (thrown === null || thrown === undefined) return 'The tool failed, and did not say why.'
  const text = String(thrown instanceof Error ? thrown.message : thrown)
  return text === '[object Object]' ? JSON.stringify(cleanJson(thrown)) : text
}
