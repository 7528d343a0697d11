/** Nearer to the end than this, in px, a reader who moves down has arrived there. */
const NEAR = 48

export interface Scrolled {
  /** How far the view was from the top before, and is now. */
  before: number
  now: number
  /** How far it is from the end. */
  left: number
}

/**
 * Whether the view holds on to the end after it was scrolled. The reader's least move up lets go, however near the end is: a view
 * that takes hold again within that distance fights slow scrolling. Content that shrinks also moves the view up, but to the end.
 */
export function sticksAfter(sticks: boolean, { before, now, left }: Scrolled): boolean {
  if (left <= 1) return true
  if (now < before) return false
  return now > before && left < NEAR ? true : sticks
}
