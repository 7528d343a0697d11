export interface Kept {
  read(key: string): string | null
  /** Null removes. */
  write(key: string, value: string | null): void
  /** The keys that begin with `prefix`. */
  keys(prefix: string): string[]
}

/** What a storage of this browser keeps for the page. Where it is off or full, that is kept as long as the page lives. */
function keptIn(storage: () => Storage): Kept {
  const memory = new Map<string, string>()
  return {
    read(key) {
      try {
        // What was refused is newer than what is stored.
        return memory.get(key) ?? storage().getItem(key)
      } catch {
        // Storage is off in this browser.
        return memory.get(key) ?? null
      }
    },
    write(key, value) {
      // Only what storage refuses: all else is shared with the other tabs, which may change it.
      memory.delete(key)
      try {
        if (value === null) storage().removeItem(key)
        else storage().setItem(key, value)
      } catch {
        // Storage is off or full: it stays in memory.
        if (value !== null) memory.set(key, value)
      }
    },
    keys(prefix) {
      const keys = new Set(memory.keys())
      try {
        const { length } = storage()
        for (let index = 0; index < length; index += 1) keys.add(storage().key(index) ?? '')
      } catch {
        // Storage is off in this browser.
      }
      return [...keys].filter((key) => key.startsWith(prefix))
    },
  }
}

/** Shared by all tabs, and there until it is removed. */
export const { read: readStored, write: writeStored, keys: storedKeys } = keptIn(() => localStorage)

/** This tab's own: it outlives a reload, and goes with the tab. */
export const ofTab = keptIn(() => sessionStorage)
