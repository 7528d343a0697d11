import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { ensureChromium } from '../../scripts/lib/chromium.mjs'
import { writeTable } from '../lib/document.ts'
import { startProvider } from '../lib/provider.ts'
import { startRill } from '../lib/server.ts'
import { type Act, approvalAct, conversationActs } from './acts.ts'
import { type Browsers, openBrowsers, seenAt } from './browsers.ts'

/** How long it takes until what was done is seen in another tab, and in another browser. */
const TIMES = Number(process.env.BENCH_TIMES ?? 7)
const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'performance.md')
const HEAD = '| what is done | tab p50 ms | tab longest ms | browser p50 ms | browser longest ms |\n| --- | ---: | ---: | ---: | ---: |'

const folder = mkdtempSync(join(tmpdir(), 'rill-bench-'))
const config = join(folder, 'rill.config.json')
writeFileSync(config, JSON.stringify({ approval: { calculator: 'ask' } }))
const provider = await startProvider({ deltas: 60, perSecond: 1_000 })
const browser = await chromium.launch({
  executablePath: (await ensureChromium()) as string,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
const rows: string[] = []
try {
  await onServer('scripted', { OPENAI_BASE_URL: provider.url }, async (browsers) => {
    for (const make of await conversationActs(browsers, provider)) await measure(browsers, await make())
  })
  await onServer('demo', { RILL_MODEL: 'demo', RILL_DEMO_TOKENS_PER_SECOND: '0', RILL_CONFIG: config }, async (browsers) =>
    measure(browsers, await approvalAct(browsers)),
  )
  writeTable(DOCUMENT, `${HEAD}\n${rows.join('\n')}`, 'bench:live')
} finally {
  await browser.close()
  await provider.close()
  rmSync(folder, { recursive: true })
}

async function onServer(name: string, env: Record<string, string>, work: (browsers: Browsers) => Promise<void>): Promise<void> {
  const server = await startRill({ dataFolder: join(folder, name), env })
  try {
    const browsers = await openBrowsers(browser, server.url)
    await work(browsers)
    await browsers.close()
  } finally {
    await server.stop()
  }
}

async function measure({ lookers }: Browsers, { name, prepare, finish }: Act): Promise<void> {
  const took: [number[], number[]] = [[], []]
  // The first time is no measurement: what it takes is loaded then.
  for (let time = 0; time <= TIMES; time += 1) {
    const { sight, act } = await prepare(time)
    const seen = Promise.all(lookers.map((page) => seenAt(page, sight)))
    await act()
    const done = Date.now()
    // It may be seen before the answer to who did it has come back.
    for (const [index, at] of (await seen).entries()) if (time > 0) took[index]?.push(Math.max(0, at - done))
  }
  await finish?.()
  rows.push(`| ${[name, ...took.flatMap(figuresOf)].join(' | ')} |`)
  console.info(rows.at(-1))
}

function figuresOf(values: number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  return [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0]
}
