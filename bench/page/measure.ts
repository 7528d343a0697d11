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
  /** As they came over the wire, compressed, until nothing was loaded any more. */
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
  const bytes = await countBytes(page)
  await page.addInitScript(OBSERVE)
  await page.goto(url, { waitUntil: 'load' })
  // Not as a string: the policy of pages forbids to evaluate one.
  await page.waitForFunction(() => (window as unknown as { figures: { interactive: number } }).figures.interactive > 0)
  await idle(page)
  const figures = await page.evaluate(() => {
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
    }
  })
  return { ...figures, documentBytes: bytes.Document, scriptBytes: bytes.Script }
}

/** The bytes of a page's own document and of all its scripts, counted as they come. */
export async function countBytes(page: Page): Promise<{ Document: number; Script: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const bytes = { Document: 0, Script: 0 }
  const types = new Map<string, string>()
  session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId)
    if (type === 'Document' || type === 'Script') bytes[type] += encodedDataLength
  })
  return bytes
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
