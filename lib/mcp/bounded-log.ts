const LONGEST_LINE = 2_000
const MOST_LINES = 100
const WINDOW_MS = 60_000

/** Passes on at most a hundred lines a minute, cut; then it says once that there are more. */
export function boundedLog(write: (line: string) => void): (line: string) => void {
  let window = { began: Number.NEGATIVE_INFINITY, lines: 0 }
  return (line) => {
    const now = performance.now()
    if (now - window.began > WINDOW_MS) window = { began: now, lines: 0 }
    window.lines += 1
    if (window.lines <= MOST_LINES) write(line.slice(0, LONGEST_LINE).toWellFormed())
    else if (window.lines === MOST_LINES + 1) write('[more than 100 lines in a minute: the rest is left out]')
  }
}
