import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { writeTable } from './lib/document.ts'
import { measure, type Row } from './render/measure.ts'
import { PAGES, type PageName, servePages } from './render/pages.ts'
import type { Kind } from './render/texts.ts'

const KINDS = (process.env.BENCH_KINDS ?? 'prose,code,list,table,mixed').split(',') as Kind[]
const SIZES_KB = (process.env.BENCH_SIZES ?? '5,20,100,1000').split(',').map(Number)
const NAMES = (process.env.BENCH_PAGES ?? PAGES.join()).split(',') as PageName[]
const WINDOW_MS = Number(process.env.BENCH_WINDOW_MS ?? 4_000)
/** What others need a second or more for a chunk is not asked of them. */
const MOST_KB: Record<PageName, number> = { rill: 1_000, streamdown: 1_000, 'react-markdown': 100 }

const HEAD = ['text', 'kB', 'page', 'p50 ms', 'p99 ms', 'ms a chunk', 'long tasks ms', 'longest ms', 'dropped frames', 'heap MB']

const browser = await chromium.launch({
  ...(process.env.RILL_CHROMIUM && { executablePath: process.env.RILL_CHROMIUM }),
  args: [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--js-flags=--expose-gc',
  ].concat(process.getuid?.() === 0 ? '--no-sandbox' : []),
})
const pages = await servePages()
const rows: Row[] = []
try {
  for (const kind of KINDS)
    for (const kB of SIZES_KB)
      for (const page of NAMES) {
        if (kB > MOST_KB[page]) continue
        const row = await measure(browser, pages.url, { page, kind, kB, windowMs: WINDOW_MS })
        rows.push(row)
        console.info(cellsOf(row).join('  '))
      }
} finally {
  await browser.close()
  pages.close()
}

if (process.env.BENCH_KINDS || process.env.BENCH_SIZES || process.env.BENCH_PAGES) {
  console.info('Only a part was measured: nothing is written.')
} else {
  const root = join(import.meta.dirname, '..')
  writeFileSync(
    join(import.meta.dirname, 'render-results.json'),
    `${JSON.stringify({ cpus: cpus().length, windowMs: WINDOW_MS, rows }, null, 2)}\n`,
  )
  writeTable(join(root, 'docs', 'performance.md'), table(), 'bench:render')
}

function table(): string {
  const lines = [HEAD, HEAD.map((_, index) => (index === 0 || index === 2 ? '---' : '---:')), ...rows.map(cellsOf)]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellsOf({ kind, kB, page, p50, p99, perChunk, longTasks, longest, droppedFrames, heapMb }: Row): (string | number)[] {
  return [
    kind,
    kB,
    page,
    p50.toFixed(1),
    p99.toFixed(1),
    perChunk.toFixed(2),
    Math.round(longTasks),
    Math.round(longest),
    droppedFrames,
    Math.round(heapMb),
  ]
}
