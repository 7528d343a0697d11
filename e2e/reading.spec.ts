import type { Locator, Page } from '@playwright/test'
import { idOf } from '../bench/fixtures/conversation.ts'
import type { FilledServer } from '../bench/fixtures/server.ts'
import { measurePage } from '../bench/page/measure.ts'
import { expectNoViolations } from './axe.ts'
import { test as base, expect, liveAnswer, say } from './fixtures.ts'

const test = base.extend({
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
    await page.getByRole('button', { name: 'Jump to the latest' }).click()
    await expect(message(page, 10_000)).toBeInViewport()
    expect(await elements(page)).toBeLessThan(2_000)
  }
})

const bar = (page: Page) => page.getByRole('search', { name: 'Find in this conversation' })

test('find reaches what is not loaded, counts, goes on and back, and marks the place; Escape closes it', async ({ page, filled }) => {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    await openLong(page, filled)
    await page.getByLabel('Message', { exact: true }).focus()
    await page.keyboard.press('ControlOrMeta+f')
    const field = bar(page).getByRole('textbox', { name: 'Find' })
    await expect(field).toBeFocused()
    await field.fill('Question 501:')
    await expect(bar(page).getByRole('status')).toHaveText('1 of 1 message')
    await expect(message(page, 501)).toBeInViewport()
    expect(await elements(page)).toBeLessThan(2_000)
    await expect.poll(() => page.evaluate(() => [...(CSS.highlights.get('found-here') ?? [])].map(String))).toEqual(['Question 501:'])

    await field.fill('question 99')
    await expect(bar(page).getByRole('status')).toHaveText(/^\d+ of 56 messages$/)
    const where = async () => Number((await bar(page).getByRole('status').textContent())?.split(' ')[0])
    const first = await where()
    await field.press('Enter')
    await expect(bar(page).getByRole('status')).toHaveText(`${(first % 56) + 1} of 56 messages`)
    await bar(page).getByRole('button', { name: 'Previous' }).click()
    await expect(bar(page).getByRole('status')).toHaveText(`${first} of 56 messages`)
    await shots(page, 'find', width)

    await field.fill('nowhere to be found')
    await expect(bar(page).getByRole('status')).toHaveText('Nothing found')
    await field.press('Escape')
    await expect(bar(page)).toHaveCount(0)
    await expect(page.getByLabel('Message', { exact: true })).toBeFocused()
  }
})

test('from within the bar, Ctrl+F is the browser’s own', async ({ page, filled }) => {
  await openLong(page, filled)
  const isTaken = () =>
    page.evaluate(() => {
      const event = new KeyboardEvent('keydown', { key: 'f', ctrlKey: true, bubbles: true, cancelable: true })
      return !(document.activeElement ?? document.body).dispatchEvent(event)
    })
  // Once the page lives.
  await expect.poll(isTaken).toBe(true)
  await expect(bar(page).getByRole('textbox')).toBeFocused()
  expect(await isTaken()).toBe(false)
})

test('the reader’s place survives what comes below, a reload and another session; the way back says how much is new', async ({
  page,
  filled,
}) => {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    await page.goto(`/chat/${filled.sessionIds[1]}`)
    await expect(message(page, 50)).toBeInViewport()
    await say(page, 'slowly, please')
    await expect(liveAnswer(page)).toContainText('w3')
    await moves(page, -400, 3)
    const seen = await atTop(page)
    await expect(page.getByRole('button', { name: /^Jump to the latest: \d+ new words?$/ })).toBeVisible()
    expect(await atTop(page)).toEqual(seen)
    await shots(page, 'new-words', width)
    await page.reload()
    // Places are rounded on the way.
    const isBack = async () => {
      const { id, top } = await atTop(page)
      return id === seen.id && Math.abs(top - seen.top) <= 1
    }
    await expect.poll(isBack).toBe(true)
    await page.getByRole('button', { name: /^Jump to the latest/ }).click()
    await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0)
  }
})

test('what has the focus stays, and so does what was opened, however far the view goes', async ({ page, filled }) => {
  await openLong(page, filled)
  const row = page.getByRole('button', { name: /web_fetch/ }).first()
  await row.scrollIntoViewIfNeeded()
  await row.click()
  await expect(row).toHaveAttribute('aria-expanded', 'true')
  const opened = await row.elementHandle()
  await moves(page, -600, 20)
  expect(await opened?.evaluate((element) => element.isConnected && element === document.activeElement)).toBe(true)
  expect(await opened?.getAttribute('aria-expanded')).toBe('true')
})

test('the first paint shows the end, from the server: without the page’s scripts', async ({ page, filled }) => {
  await page.route('**/_next/static/**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
  await page.goto(`/chat/${filled.sessionIds[0]}`)
  await expect(message(page, 10_000)).toBeInViewport()
})

test('a chat page loads at most 170 kB of compressed JavaScript', async ({ page, filled }) => {
  for (const path of ['/', `/chat/${filled.sessionIds[1]}`, `/chat/${filled.sessionIds[0]}`]) {
    const fresh = await page.context().newPage()
    const { scriptBytes } = await measurePage(fresh, filled.server.url + path)
    expect(scriptBytes).toBeLessThanOrEqual(170_000)
    await fresh.close()
  }
})

/** What stands at the top of the view, and how far below its edge. */
async function atTop(page: Page): Promise<{ id: string | undefined; top: number }> {
  return scroller(page).evaluate((element) => {
    const { top } = element.getBoundingClientRect()
    const items = [...element.querySelectorAll<HTMLElement>('[data-item]')]
    const item = items.find((one) => one.getBoundingClientRect().bottom > top + 1)
    return { id: item?.dataset.item, top: Math.round((item?.getBoundingClientRect().top ?? 0) - top) }
  })
}

/** In both themes, and without what axe finds. */
async function shots(page: Page, state: string, width: number): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectNoViolations(page)
    await page.screenshot({ path: `test-results/page/${state}-${width}-${colorScheme}.png`, animations: 'disabled' })
  }
}

test('a link to a heading leads there, however far it is', async ({ page, filled }) => {
  const [sessionId = ''] = filled.sessionIds
  await page.goto(`/chat/${sessionId}#${idOf(sessionId, 9_026)}-1-0`)
  await expect(message(page, 9_026)).toBeInViewport()
  const heading = message(page, 9_026).getByRole('heading').first()
  const link = await heading.locator('.heading-link').getAttribute('href')
  await page.getByRole('button', { name: 'Jump to the latest' }).click()
  await expect(heading).toHaveCount(0)
  await page.evaluate((hash) => location.assign(hash), link ?? '')
  await expect(heading).toBeInViewport()
})
