import type { Locator, Page } from '@playwright/test'
import { idOf } from '../bench/fixtures/conversation.ts'
import type { FilledServer } from '../bench/fixtures/server.ts'
import { measurePage } from '../bench/page/measure.ts'
import { expectNoViolations } from './axe.ts'
import { test as base, expect, liveAnswer, NETWORK_ERRORS, openWithoutScripts, say } from './fixtures.ts'

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
      const itemAt = (below: number) =>
        document.elementFromPoint(view.left + view.width / 2, view.top + view.height / 2 + below)?.closest('[data-item]')
      for (let time = 0; time < times; time += 1) {
        // The middle may fall between two items.
        const item = [0, 40].map(itemAt).find(Boolean)
        // At the top of what is loaded the view waits for more.
        while (by < 0 && element.scrollTop === 0) await frame()
        const before = item?.getBoundingClientRect().top ?? 0
        const top = element.scrollTop
        element.scrollBy(0, by)
        const moved = element.scrollTop - top
        await frame()
        await frame()
        // What was seen must still be there; an empty view is a stray as well.
        strays.push(item?.isConnected ? Math.round(item.getBoundingClientRect().top - before + moved) : Number.NaN)
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
    expect(up).toHaveLength(60)
    expect(up.filter((stray) => !(Math.abs(stray) <= 1))).toEqual([])
    expect(await elements(page)).toBeLessThan(2_000)
    const down = await moves(page, Math.round(height / 2), 30)
    expect(down).toHaveLength(30)
    expect(down.filter((stray) => !(Math.abs(stray) <= 1))).toEqual([])
    await page.getByRole('button', { name: 'Jump to the latest' }).click()
    await expect(message(page, 10_000)).toBeInViewport()
    expect(await elements(page)).toBeLessThan(2_000)
  }
})

const bar = (page: Page) => page.getByRole('search', { name: 'Find in this conversation' })
const field = (page: Page) => bar(page).getByRole('textbox', { name: 'Find' })

async function openFind(page: Page): Promise<void> {
  await page.getByLabel('Message', { exact: true }).focus()
  await page.keyboard.press('ControlOrMeta+f')
  await expect(field(page)).toBeFocused()
}

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

test('a long selection keeps what is between its ends, however far the view goes', async ({ page, filled }) => {
  await openLong(page, filled)
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
  const said = await scroller(page).evaluate((element) => {
    const items = [...element.querySelectorAll<HTMLElement>('[data-item]')]
    getSelection()?.setBaseAndExtent(items.at(-8) as Node, 0, items.at(-2) as Node, 1)
    return getSelection()?.toString()
  })
  expect(said).toContain('Answer 9996.')
  await moves(page, -600, 20)
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(said)
})

test('who has moved up before the scripts came is left there', async ({ page, filled }) => {
  const letGo = await openWithoutScripts(page, `/chat/${filled.sessionIds[0]}`)
  await expect(message(page, 10_000)).toBeInViewport()
  await scroller(page).evaluate((element) => element.scrollBy(0, -700))
  const seen = await atTop(page)
  await letGo()
  await expect(page.getByRole('button', { name: 'Jump to the latest' })).toBeVisible()
  const { id, top } = await atTop(page)
  expect(id).toBe(seen.id)
  // The room above is no whole number of pixels.
  expect(Math.abs(top - seen.top)).toBeLessThanOrEqual(1)
})

test('the way to the end keeps what was opened on the way', async ({ page, filled }) => {
  await openLong(page, filled)
  await moves(page, -600, 20)
  const row = page.getByRole('button', { name: /web_fetch/ }).first()
  await row.scrollIntoViewIfNeeded()
  await row.click()
  await expect(row).toHaveAttribute('aria-expanded', 'true')
  const opened = await row.elementHandle()
  await page.getByRole('button', { name: 'Jump to the latest' }).click()
  await expect(message(page, 10_000)).toBeInViewport()
  expect(await opened?.evaluate((element) => element.isConnected && element.getAttribute('aria-expanded'))).toBe('true')
})

test('a link to a heading counts for more than the place that was kept, but not at a reload', async ({ page, filled }) => {
  const [sessionId = ''] = filled.sessionIds
  await openLong(page, filled)
  await moves(page, -400, 3)
  await page.goto('/')
  await page.goto(`/chat/${sessionId}#${idOf(sessionId, 9_602)}-1-0`)
  await expect(message(page, 9_602)).toBeInViewport()
  await moves(page, 500, 6)
  const { id } = await atTop(page)
  await page.reload()
  await expect.poll(async () => (await atTop(page)).id).toBe(id)
})

/** Holds what is asked of an address until it is let go; tells when something is. */
async function hold(page: Page, path: string): Promise<{ asked: () => number; letGo: () => void }> {
  let count = 0
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(path, async (route) => {
    count += 1
    await held
    await route.continue()
  })
  return { asked: () => count, letGo }
}

/** Until whatever came has been drawn. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
  })
}

const OLDER = '**/api/sessions/*/messages?*'

test('who begins to read while their place is fetched is not taken there', async ({ page, filled }) => {
  const [sessionId = ''] = filled.sessionIds
  const older = await hold(page, OLDER)
  await page.goto(`/chat/${sessionId}#${idOf(sessionId, 9_602)}-1-0`)
  await expect.poll(older.asked).toBe(1)
  await expect(message(page, 10_000)).toBeInViewport()
  await scroller(page).hover()
  await page.mouse.wheel(0, -100)
  await expect(page.getByRole('button', { name: 'Jump to the latest' })).toBeVisible()
  const loaded = page.waitForResponse((response) => response.url().includes('/messages?'))
  older.letGo()
  await loaded
  await drawn(page)
  await expect(message(page, 10_000)).toBeInViewport()
})

test('a place that is not on this branch is looked for no further than it can be, and forgotten', async ({ page, filled }) => {
  const [sessionId = ''] = filled.sessionIds
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/messages?')) asked.push(request.url())
  })
  await page.goto('/')
  const key = `rill:place:${sessionId}`
  // Younger than all that is there.
  const elsewhere = idOf(sessionId, 9_900).replace(/^./, 'f')
  await page.evaluate(([key, id]) => sessionStorage.setItem(key, JSON.stringify({ id, offset: 0 })), [key, elsewhere] as const)
  await openLong(page, filled)
  await expect.poll(() => page.evaluate((key) => sessionStorage.getItem(key), key)).toBeNull()
  expect(asked.length).toBeLessThan(2)
  await expect(message(page, 10_000)).toBeInViewport()
})

test('closing the bar ends the way to what was found, and leaves no marks', async ({ page, filled }) => {
  const older = await hold(page, OLDER)
  await openLong(page, filled)
  await openFind(page)
  await field(page).fill('Question 9601:')
  await expect.poll(older.asked).toBe(1)
  await field(page).press('Escape')
  await expect(bar(page)).toHaveCount(0)
  const loaded = page.waitForResponse((response) => response.url().includes('/messages?'))
  older.letGo()
  await loaded
  await drawn(page)
  await expect(message(page, 10_000)).toBeInViewport()
  expect(await page.evaluate(() => [...CSS.highlights.values()].filter(({ size }) => size > 0).length)).toBe(0)
})

test('of very many places those near the view are marked', async ({ page, filled }) => {
  await openLong(page, filled)
  await openFind(page)
  await field(page).fill('e')
  await expect(bar(page).getByRole('status')).toHaveText(/of \d+\+? messages$/)
  await message(page, 10_000).evaluate((element) => element.append('e '.repeat(300_000)))
  const marked = () => page.evaluate(() => CSS.highlights.get('found')?.size ?? 0)
  await expect.poll(marked).toBe(2_000)
  await scroller(page).evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
  const inView = () =>
    page.evaluate(() =>
      [...(CSS.highlights.get('found') ?? [])].some(({ startContainer, startOffset, endOffset }) => {
        const range = document.createRange()
        range.setStart(startContainer, startOffset)
        range.setEnd(startContainer, endOffset)
        const { top } = range.getBoundingClientRect()
        return top > 0 && top < innerHeight
      }),
    )
  await expect.poll(inView).toBe(true)
  await field(page).press('Escape')
})

test.describe('while the network fails', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('what could not be asked is said beside the count, and asked again by Enter', async ({ page, filled }) => {
    await openLong(page, filled)
    await page.route('**/find?*', (route) => route.abort(), { times: 1 })
    await openFind(page)
    await field(page).fill('question 99')
    await expect(bar(page).getByRole('status')).toHaveText(/^\d+ of \d+\+ messages$/)
    await expect(bar(page).getByRole('alert')).toContainText('The server cannot be reached.')
    await field(page).press('Enter')
    await expect(bar(page).getByRole('status')).toHaveText(/^\d+ of 56 messages$/)
  })
})

test('the key that ends a composition in Safari does not go on to the next place', async ({ page, filled }) => {
  await openLong(page, filled)
  await openFind(page)
  await field(page).fill('question 99')
  await expect(bar(page).getByRole('status')).toHaveText(/^\d+ of 56 messages$/)
  const before = await bar(page).getByRole('status').textContent()
  await field(page).dispatchEvent('keydown', { key: 'Enter', keyCode: 229 })
  await drawn(page)
  expect(await bar(page).getByRole('status').textContent()).toBe(before)
})
