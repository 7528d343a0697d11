export interface Drawer {
  isOpen: boolean
  open: () => void
  close: () => void
}

/** Where a swipe that opens begins, in px from the left edge: what scrolls sideways begins behind it. */
const EDGE = 32
/** So far a finger goes until it is a swipe, at least twice as far across as along. */
const FAR = 56

/** A swipe from the left edge opens the drawer, one to the left closes it. Listens only: scrolling is never held up. */
export function followTouch(drawer: () => Drawer, signal: AbortSignal): void {
  followSwipe(drawer, signal)
  if (window.visualViewport) keepAboveKeyboard(window.visualViewport, signal)
}

function followSwipe(drawer: () => Drawer, signal: AbortSignal): void {
  let start: Touch | null = null
  const onStart = ({ touches: [touch, second] }: TouchEvent) => {
    start = touch && !second && (drawer().isOpen || touch.clientX < EDGE) ? touch : null
  }
  const onMove = ({ touches: [touch, second] }: TouchEvent) => {
    if (!start || !touch || second) return
    const across = touch.clientX - start.clientX
    const isAcross = Math.abs(across) > FAR && Math.abs(across) > 2 * Math.abs(touch.clientY - start.clientY)
    if (!isAcross) return
    start = null
    if (across > 0) drawer().open()
    else drawer().close()
  }
  document.addEventListener('touchstart', onStart, { passive: true, signal })
  document.addEventListener('touchmove', onMove, { passive: true, signal })
}

/**
 * Where the keyboard lies over the page instead of making it smaller, as on iOS, the frame ends above it. A page that is zoomed in is
 * left alone.
 */
function keepAboveKeyboard(view: VisualViewport, signal: AbortSignal): void {
  const adjust = () => {
    const isCovered = view.scale < 1.01 && window.innerHeight - view.height > 80
    document.documentElement.style.setProperty('--frame-height', isCovered ? `${view.height}px` : '')
    if (isCovered) window.scrollTo(0, 0)
  }
  view.addEventListener('resize', adjust, { signal })
  adjust()
}
