const FIRST_MS = 2_000
const LONGEST_MS = 30_000

/** How long to wait before something that did not reach the server is tried again: ever longer, to half a minute. */
export function pauseOf(failures: number): number {
  return Math.min(FIRST_MS * 2 ** failures, LONGEST_MS)
}
