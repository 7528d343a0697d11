/** Between the two, and to the edges of the window, in px. */
const GAP = 6
const EDGE = 12

interface Box {
  left: number
  top: number
  bottom: number
}

interface Size {
  width: number
  height: number
}

/** Where something that belongs to a box stands: under it, or above it where there is more room; never beyond the window. */
export function placeOf(anchor: Box, size: Size, window: Size): { left: number; top: number; room: number } {
  const below = window.height - EDGE - (anchor.bottom + GAP)
  const above = anchor.top - GAP - EDGE
  const isBelow = size.height <= below || below >= above
  const room = Math.max(0, isBelow ? below : above)
  const height = Math.min(size.height, room)
  return {
    left: Math.max(EDGE, Math.min(anchor.left, window.width - EDGE - size.width)),
    top: isBelow ? anchor.bottom + GAP : anchor.top - GAP - height,
    room,
  }
}

/** Tells the style of `element` where it stands. */
export function placeBeside(element: HTMLElement, anchor: HTMLElement): void {
  const content = element.firstElementChild?.scrollHeight ?? 0
  const border = element.offsetHeight - element.clientHeight
  const size = { width: element.offsetWidth, height: content + border }
  const { left, top, room } = placeOf(anchor.getBoundingClientRect(), size, { width: innerWidth, height: innerHeight })
  element.style.setProperty('--left', `${left}px`)
  element.style.setProperty('--top', `${top}px`)
  element.style.setProperty('--room', `${room}px`)
}
