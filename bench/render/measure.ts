import type { Browser, CDPSession } from '@playwright/test'
import type {} from './driver.tsx'
import type { PageName } from './pages.ts'
import type { Kind } from './texts.ts'

export interface Row {
  page: PageName
  kind: Kind
  kB: number
  /** Milliseconds of one drawing, script, style and layout. */
  p50: number
  p99: number
  /** Milliseconds of the main thread a chunk: all that a page does, also after it has drawn, and painting. */
  perChunk: number
  longTasks: number
  longest: number
  droppedFrames: number
  heapMb: number
}

export interface Case {
  page: PageName
  kind: Kind
  kB: number
  windowMs: number
}

/** Streams into a page of its own that holds `kB` of text already. */
export async function measure(browser: Browser, url: string, { page: name, kind, kB, windowMs }: Case): Promise<Row> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`))
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable')
  await page.goto(`${url}/${name}`)
  await page.waitForFunction(() => window.bench)
  await page.evaluate(([kind, length]) => window.bench.open(kind, length), [kind, kB * 1_000] as const)
  await page.evaluate(() => window.bench.stream(500))
  const before = await metric(devtools, 'TaskDuration')
  const drawn = await page.evaluate((ms) => window.bench.stream(ms), windowMs)
  const work = (await metric(devtools, 'TaskDuration')) - before
  await devtools.send('HeapProfiler.collectGarbage')
  const heapMb = (await metric(devtools, 'JSHeapUsedSize')) / 1e6
  await context.close()
  const draws = drawn.draws.sort((one, other) => one - other)
  const at = (share: number) => draws[Math.min(draws.length - 1, Math.floor(draws.length * share))] ?? Number.NaN
  return {
    page: name,
    kind,
    kB,
    p50: at(0.5),
    p99: at(0.99),
    perChunk: (work * 1_000) / drawn.chunks,
    longTasks: drawn.longTasks.reduce((sum, ms) => sum + ms, 0),
    longest: Math.max(0, ...drawn.longTasks),
    droppedFrames: drawn.droppedFrames,
    heapMb,
  }
}

async function metric(devtools: CDPSession, name: string): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN
}
