import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type FilledServer, serverWithConversations } from '../bench/fixtures/server.ts'
import { startRill } from '../bench/lib/server.ts'
import { idle } from '../bench/page/measure.ts'
import { test as base, expect } from './fixtures.ts'

const SIZES = [
  { width: 360, height: 740 },
  { width: 1_440, height: 900 },
]

const test = base.extend<object, { filled: FilledServer }>({
  filled: [
    async ({ provider }, use) => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
      const env = { OPENAI_BASE_URL: provider.url }
      const start = (port?: number) => startRill({ dataFolder, env, ...(port !== undefined && { port }) })
      const filled = await serverWithConversations(start, dataFolder, [10_000, 50])
      await use(filled)
      await filled.server.stop()
      rmSync(dataFolder, { recursive: true })
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

/** Each move of what was drawn, with what moved. */
const OBSERVE_SHIFTS = `
  window.shifts = []
  const nameOf = (node) => node && (node.className || node.parentElement?.className || node.nodeName) + ': ' + String(node.textContent).slice(0, 40)
  const note = (entry) => shifts.push({ value: entry.value, moved: entry.sources.map(({ node }) => nameOf(node)) })
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: 'layout-shift', buffered: true })
`

const shiftsOf = (page: Page) => page.evaluate('window.shifts')

test('nothing that is drawn moves while a page comes to life, with fonts that come late too', async ({ browser, filled }) => {
  for (const viewport of SIZES) {
    for (const path of ['/', ...filled.sessionIds.map((id) => `/chat/${id}`), '/nowhere']) {
      for (const hasFonts of [true, false]) {
        const context = await browser.newContext({ viewport, baseURL: filled.server.url })
        await context.addCookies([filled.cookie])
        const page = await context.newPage()
        await page.addInitScript(OBSERVE_SHIFTS)
        // Held back until all else is there: what is drawn by then stays as it is.
        let letGo = () => {}
        const held = new Promise<void>((resolve) => {
          letGo = resolve
        })
        if (!hasFonts) {
          await page.route('**/*.woff2', async (route) => {
            await held
            await route.continue()
          })
        }
        await page.goto(path, { waitUntil: 'domcontentloaded' })
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await idle(page)
        letGo()
        await page.waitForLoadState('load')
        await idle(page)
        expect(await shiftsOf(page), `${path} at ${viewport.width} px`).toEqual([])
        if (hasFonts) expect(await page.evaluate(() => document.fonts.check('16px "Instrument Sans Variable"'))).toBe(true)
        await context.close()
      }
    }
  }
})
