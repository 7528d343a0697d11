/** Text as it may be stored and sent: NUL and lone surrogates become U+FFFD (PostgreSQL refuses or alters them). */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** Any value as plain JSON data with clean text: cycles, BigInt, functions and binary become readable strings. */
export function cleanJson(value: unknown): JsonValue {
  return clean(value, new Set())
}

export type JsonValue = null | string | number | boolean | JsonValue[] | { [key: string]: JsonValue }

function clean(value: unknown, above: Set<object>): JsonValue {
  switch (typeof value) {
    case 'string':
      return cleanText(value)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'object':
      return value === null ? null : cleanObject(value, above)
    case 'undefined':
      return null
    case 'function':
      return '[function]'
    default:
      return String(value)
  }
}

function cleanObject(value: object, above: Set<object>): JsonValue {
  if (above.has(value)) return '[circular]'
  if (above.size >= 100) return '[too deep]'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Error) return cleanText(value.message)
  if (value instanceof Map) return cleanObject(Object.fromEntries(value), above)
  if (value instanceof Set) return cleanObject([...value], above)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[binary, ${value.byteLength} bytes]`
  above.add(value)
  const result: JsonValue = Array.isArray(value)
    ? value.map((item) => clean(item, above))
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [cleanText(key), clean(item, above)]),
      )
  above.delete(value)
  return result
}
