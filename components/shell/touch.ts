export interface Drawer {
  isOpen: boolean
  open: () => void
  close: () => void
}

/** So far a finger goes until it is a swipe, at least twice as far across as along. */
const FAR = 56

/** A swipe to the right opens the drawer, one to the left closes it. Listens only: scrolling is never held up. */
export function followTouch(drawer: () => Drawer, signal: AbortSignal): void {
  followSwipe(drawer, signal)
  if (window.visualViewport) keepAboveKeyboard(window.visualViewport, signal)
}

function followSwipe(drawer: () => Drawer, signal: AbortSignal): void {
  let start: Touch | null = null
  const onStart = ({ target, touches: [touch, second] }: TouchEvent) => {
    start = touch && !second && !isTaken(target) ? touch : null
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
 * True where a finger that goes sideways means something else: it scrolls a table, places the caret, selects. The edges of the screen
 * are no place of their own: there, phones take a swipe for "back".
 */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || target.closest('dialog, input, textarea') || getSelection()?.isCollapsed === false) return true
  for (let one: Element | null = target; one; one = one.parentElement) {
    if (one.scrollWidth > one.clientWidth && /auto|scroll/.test(getComputedStyle(one).overflowX)) return true
  }
  return false
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
