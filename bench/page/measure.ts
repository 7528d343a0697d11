import type { Page } from '@playwright/test'

export interface PageFigures {
  /** From the request on, in ms: the first byte, the first paint, the largest text, the load event, and the composer come to life. */
  firstByte: number
  firstPaint: number
  largestPaint: number
  load: number
  interactive: number
  /** What tasks took beyond 50 ms, in all. */
  blocked: number
  layoutShift: number
  elements: number
  /** What came over the wire, compressed, without headers, until nothing was loaded any more. */
  documentBytes: number
  scriptBytes: number
}

/** Observed from the first on: what a page tells later is not complete. */
const OBSERVE = `
  window.figures = { shift: 0, blocked: 0, largest: 0, interactive: 0 }
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  observe('layout-shift', ({ value }) => (figures.shift += value))
  observe('longtask', ({ duration }) => (figures.blocked += duration - 50))
  observe('largest-contentful-paint', ({ startTime }) => (figures.largest = startTime))
  const look = () => {
    const field = document.querySelector('textarea')
    if (field && Object.keys(field).some((key) => key.startsWith('__reactProps'))) figures.interactive = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
`

/** Opens an address in a page that has loaded nothing yet, and tells how that went. */
export async function measurePage(page: Page, url: string): Promise<PageFigures> {
  await page.addInitScript(OBSERVE)
  await page.goto(url, { waitUntil: 'load' })
  // Asked from without: the page's policy forbids it to evaluate what a wait would bring into it.
  while (!(await page.evaluate('figures.interactive > 0'))) await idle(page)
  await idle(page)
  return page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    const { shift, blocked, largest, interactive } = (
      window as unknown as { figures: { shift: number; blocked: number; largest: number; interactive: number } }
    ).figures
    return {
      firstByte: navigation?.responseStart ?? 0,
      firstPaint: paint?.startTime ?? 0,
      largestPaint: largest,
      load: navigation?.loadEventEnd ?? 0,
      interactive,
      blocked,
      layoutShift: shift,
      elements: document.querySelectorAll('*').length,
      documentBytes: navigation?.encodedBodySize ?? 0,
      scriptBytes: (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    }
  })
}

/** Until the page has nothing to do: an idle moment after which no script was loaded for half a second. */
export async function idle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const scripts = () => performance.getEntriesByType('resource').filter(({ name }) => name.includes('.js')).length
    for (let before = -1; before !== scripts(); ) {
      before = scripts()
      await new Promise((resolve) => setTimeout(resolve, 500))
      await new Promise((resolve) => requestIdleCallback(resolve))
    }
  })
}
