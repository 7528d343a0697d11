/** What this browser keeps for the page. Where its storage is off or full, it is kept as long as the page lives. */
const memory = new Map<string, string>()

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null
  } catch {
    // Storage is off in this browser.
    return memory.get(key) ?? null
  }
}

/** Null removes. */
export function writeStored(key: string, value: string | null): void {
  // Only what storage refuses: all else is shared with the other tabs, which may change it.
  memory.delete(key)
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Storage is off or full: it stays in memory.
    if (value !== null) memory.set(key, value)
  }
}

/** The keys that begin with `prefix`. */
export function storedKeys(prefix: string): string[] {
  const keys = new Set(memory.keys())
  try {
    for (let index = 0; index < localStorage.length; index += 1) keys.add(localStorage.key(index) ?? '')
  } catch {
    // Storage is off in this browser.
  }
  return [...keys].filter((key) => key.startsWith(prefix))
}
