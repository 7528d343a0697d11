/** More names than a provider has kinds of events; what others are called is not kept. */
const MOST_NAMES = 50
const OTHERS = 'others'

/** What a provider sent and this version does not know. */
export interface Ignored {
  /** How often each was sent since the start. */
  readonly counts: ReadonlyMap<string, number>
  count(what: string, provider?: string): void
}

/** Counts by name, however many there are. `onFirst` is told of each name once, and who sent it. */
export function countIgnored(onFirst: (what: string, provider?: string) => void): Ignored {
  const counts = new Map<string, number>()
  return {
    counts,
    count(what, provider) {
      const name = counts.has(what) || counts.size < MOST_NAMES ? what : OTHERS
      const before = counts.get(name) ?? 0
      counts.set(name, before + 1)
      if (before === 0) onFirst(name, provider)
    },
  }
}
