/** A page that means to leave is gone by then, or it stays: the user chose so, or the address was a download. */
const LEAVES_WITHIN_MS = 10_000

let leavingSince = Number.NEGATIVE_INFINITY

if (typeof window !== 'undefined') window.addEventListener('beforeunload', noteLeaving)

export function noteLeaving(): void {
  leavingSince = performance.now()
}

/**
 * Resolves when the page is known to stay. A page that is left has its requests broken off first: such a failure says nothing
 * about the server, and who waits here before taking it for one never learns of it.
 */
export async function untilStayed(): Promise<void> {
  const left = leavingSince + LEAVES_WITHIN_MS - performance.now()
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
}
