import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { ensureChromium } from '../../scripts/lib/chromium.mjs'
import { type FilledServer, serverWithConversations } from '../fixtures/server.ts'
import { writeTable } from '../lib/document.ts'
import { startRill } from '../lib/server.ts'
import { measurePage, type PageFigures } from './measure.ts'

const TIMES = 7
const COUNTS = [50, 10_000]
const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'performance.md')

const dataFolder = mkdtempSync(join(tmpdir(), 'rill-bench-'))
const start = (port?: number) => startRill({ dataFolder, ...(port !== undefined && { port }) })
const filled = await serverWithConversations(start, dataFolder, COUNTS)
const browser = await chromium.launch({
  executablePath: (await ensureChromium()) as string,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  const pages = [
    { name: 'empty', path: '/' },
    ...filled.sessionIds.map((id, index) => ({ name: `${COUNTS[index]?.toLocaleString('en')} messages`, path: `/chat/${id}` })),
  ]
  const rows: string[] = []
  for (const { name, path } of pages) {
    // The first answer of a fresh server is not what a reader meets.
    await measureOnce(browser, filled, path)
    const all: PageFigures[] = []
    for (let time = 0; time < TIMES; time += 1) all.push(await measureOnce(browser, filled, path))
    rows.push(rowOf(name, all))
    console.log(rows.at(-1))
  }
  const head =
    '| page | first byte ms | first paint ms | largest paint ms | interactive ms | load ms | blocked ms | CLS | elements | document kB | JavaScript kB |'
  writeTable(DOCUMENT, `${head}\n|${' --- |'.repeat(11)}\n${rows.join('\n')}`, 'bench:page')
} finally {
  await browser.close()
  await filled.server.stop()
  rmSync(dataFolder, { recursive: true })
}

/** In a browser that has been nowhere: nothing is cached. */
async function measureOnce(from: Browser, { server, cookie }: FilledServer, path: string): Promise<PageFigures> {
  const context = await from.newContext({ viewport: { width: 1_440, height: 900 } })
  await context.addCookies([cookie])
  try {
    return await measurePage(await context.newPage(), server.url + path)
  } finally {
    await context.close()
  }
}

/** The median of each figure; of the shifts the worst. */
function rowOf(name: string, all: PageFigures[]): string {
  const median = (key: keyof PageFigures) => all.map((one) => one[key]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
  const ms = (['firstByte', 'firstPaint', 'largestPaint', 'interactive', 'load', 'blocked'] as const).map((key) => Math.round(median(key)))
  const worstShift = Math.max(...all.map(({ layoutShift }) => layoutShift))
  const kilobytes = (key: 'documentBytes' | 'scriptBytes') => (median(key) / 1_000).toFixed(1)
  const cells = [
    name,
    ...ms,
    worstShift === 0 ? '0' : worstShift.toFixed(4),
    median('elements'),
    kilobytes('documentBytes'),
    kilobytes('scriptBytes'),
  ]
  return `| ${cells.join(' | ')} |`
}
