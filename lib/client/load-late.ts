declare global {
  interface Window {
    /** How many parts are being loaded. One that is missing is told of in its place: the page is not asked for again (`MendScript`). */
    rillLate?: number
  }
}

/** Loads a part of the page's scripts. Rejects when it cannot be had. */
export async function loadLate<T>(load: () => Promise<T>): Promise<T> {
  if (typeof window === 'undefined') return load()
  window.rillLate = (window.rillLate ?? 0) + 1
  try {
    return await load()
  } finally {
    window.rillLate -= 1
  }
}
