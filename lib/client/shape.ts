/** What was stored or sent as JSON, looked at by hand: a library for it would be a tenth of all that the page loads. */
export type Shape = Record<string, unknown>

/** Null for what is no object. */
export function shapeOf(value: unknown): Shape | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shape) : null
}

/** As `shapeOf` of the JSON; null for what is no JSON: it was written by another version of the page, or by hand. */
export function parseShape(json: string | null): Shape | null {
  try {
    return shapeOf(JSON.parse(json ?? 'null'))
  } catch {
    return null
  }
}

/** The value, when it is one of the choices. */
export function oneOf<const Choice extends string>(choices: readonly Choice[], value: unknown): Choice | undefined {
  return choices.find((choice) => choice === value)
}
