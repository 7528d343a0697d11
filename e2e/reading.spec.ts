import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { type FilledServer, serverWithConversations } from '../bench/fixtures/server.ts'
import { startRill } from '../bench/lib/server.ts'
import { test as base, expect } from './fixtures.ts'

const COUNTS = [10_000, 50]

const test = base.extend<object, { filled: FilledServer }>({
  filled: [
    async ({ provider }, use) => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
      const env = { OPENAI_BASE_URL: provider.url }
      const start = (port?: number) => startRill({ dataFolder, env, ...(port !== undefined && { port }) })
      const filled = await serverWithConversations(start, dataFolder, COUNTS)
      await use(filled)
      await filled.server.stop()
      rmSync(dataFolder, { recursive: true })
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ filled }, use) => use(filled.server.url),
  page: async ({ page, context, filled }, use) => {
    await context.addCookies([filled.cookie])
    await use(page)
  },
})

const SIZES = [
  [1_440, 900],
  [360, 720],
] as const

const scroller = (page: Page): Locator => page.locator('.scroller')
const message = (page: Page, number: number): Locator =>
  page
    .getByRole('article')
    .filter({ hasText: new RegExp(`^(Question ${number}:|.*Answer ${number}\\.)`) })
    .first()

async function openLong(page: Page, { sessionIds }: FilledServer): Promise<void> {
  await page.goto(`/chat/${sessionIds[0]}`)
  await expect(message(page, 10_000)).toBeInViewport()
}

const elements = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length)

/** Scrolls by the wheel, once a frame, and gives the moves of what was seen in each frame, beside the wheel's own. */
async function moves(page: Page, by: number, times: number): Promise<number[]> {
  return scroller(page).evaluate(
    async (element, { by, times }) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const strays: number[] = []
      const view = element.getBoundingClientRect()
      for (let time = 0; time < times; time += 1) {
        const seen = document.elementFromPoint(view.left + view.width / 2, view.top + view.height / 2)
        const item = seen?.closest('[data-item]')
        // At the top of what is loaded the view waits for more.
        while (by < 0 && element.scrollTop === 0) await frame()
        const before = item?.getBoundingClientRect().top ?? 0
        const top = element.scrollTop
        element.scrollBy(0, by)
        const moved = element.scrollTop - top
        await frame()
        await frame()
        if (item?.isConnected) strays.push(Math.round(item.getBoundingClientRect().top - before + moved))
      }
      return strays
    },
    { by, times },
  )
}

test('10,000 messages open at their end, scroll both ways without jumps, and few elements are in the page', async ({ page, filled }) => {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    await openLong(page, filled)
    expect(await elements(page)).toBeLessThan(2_000)
    const up = await moves(page, -Math.round(height / 2), 60)
    expect(up.filter((stray) => Math.abs(stray) > 1)).toEqual([])
    expect(await elements(page)).toBeLessThan(2_000)
    const down = await moves(page, Math.round(height / 2), 30)
    expect(down.filter((stray) => Math.abs(stray) > 1)).toEqual([])
    await expect(page.getByRole('button', { name: 'Jump to the latest' })).toBeVisible()
    await page.getByRole('button', { name: 'Jump to the latest' }).click()
    await expect(message(page, 10_000)).toBeInViewport()
    expect(await elements(page)).toBeLessThan(2_000)
  }
})
