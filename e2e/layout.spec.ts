import type { Page } from '@playwright/test'
import { idle } from '../bench/page/measure.ts'
import { answers, expect, test } from './fixtures.ts'
import { SIZES } from './looks.ts'
import { openScriptedSession, run } from './scripted-log.ts'

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

const WIDE_CODE = `\`\`\`ts
const line = '${'a very long line of code '.repeat(12)}'
\`\`\`

| ${'a wide column | '.repeat(12)}
|${' --- |'.repeat(12)}
| ${'what stands in it | '.repeat(12)}
`

test('everything fits from 360 to 3840 px', async ({ page }) => {
  const log = await openScriptedSession(page, 'All widths')
  log.append(...run.begins('Code, please'), run.says(WIDE_CODE), ...run.ends('stop'))
  await expect(answers(page)).toHaveCount(1)
  for (const width of [360, 420, 761, 1_024, 1_920, 2_560, 3_840]) {
    await page.setViewportSize({ width, height: Math.max(640, Math.round(width / 1.78)) })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await expect(page.getByLabel('Message', { exact: true })).toBeInViewport({ ratio: 1 })
  }
  await page.screenshot({ path: 'test-results/page/widest-3840.png' })
  await log.close()
})
