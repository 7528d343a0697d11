import 'server-only'

/** A label must have few values: each is a time series of its own. Past `most` of them, and for what is unknown, it is "other". */
export function boundedLabel(most = 100): (value: string, isKnown?: boolean) => string {
  const seen = new Set<string>()
  return (value, isKnown = true) => {
    if (!isKnown) return 'other'
    if (seen.size < most) seen.add(value)
    return seen.has(value) ? value : 'other'
  }
}
