import type { Browser, BrowserContext, Page } from '@playwright/test'
import { expectNoViolations } from './axe.ts'
import { answers, expect, liveAnswer, say, test } from './fixtures.ts'
import { metricOf, setHidden } from './hidden.ts'

test.describe.configure({ timeout: 240_000 })

/** Readers that the server has. */
const followers = (url: string, kind: 'log' | 'list' = 'log') => metricOf(url, kind === 'log' ? 'rill_followers' : 'rill_list_followers')

/** Counts the moments at which the page shows no answer at all. */
async function watchForFlash(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = window as unknown as { flashes: number }
    seen.flashes = 0
    const look = () => {
      if (!document.querySelector('[role=log] article[aria-label^=Answer]')) seen.flashes += 1
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
  })
  return () => page.evaluate(() => (window as unknown as { flashes: number }).flashes)
}

test('a hidden tab closes its stream, and catches up without a flash when it is shown', async ({ page, provider, startServer }) => {
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  await page.goto(server.url)
  await say(page, 'Count')
  await expect(answers(page)).toContainText(provider.text.trim())
  await expect.poll(() => followers(server.url)).toBe(1)
  const first = await answers(page).elementHandle()

  const release = provider.hold(10)
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w9 ')
  const flashes = await watchForFlash(page)
  await setHidden(page, true)
  await expect.poll(() => followers(server.url)).toBe(0)
  release()
  const { pathname } = new URL(page.url())
  const isOver = async () =>
    ((await (await page.request.get(`${server.url}/api/sessions${pathname.slice(5)}`)).json()) as { activeRun: unknown }).activeRun === null
  await expect.poll(isOver).toBe(true)
  await expect(liveAnswer(page)).toHaveCount(1)

  await setHidden(page, false)
  await expect(answers(page)).toHaveCount(2)
  await expect(answers(page).last()).toContainText(provider.text.trim())
  await expect.poll(() => followers(server.url)).toBe(1)
  expect(await first?.evaluate((element) => element.isConnected)).toBe(true)
  expect(await flashes()).toBe(0)
})

/** Another device of the same visitor. */
async function anotherDevice(browser: Browser, context: BrowserContext): Promise<BrowserContext> {
  const device = await browser.newContext()
  await device.addCookies(await context.cookies())
  return device
}

const listed = (page: Page, title: string) => page.locator('.session-row').filter({ hasText: title })
const tick = (page: Page, title: string) => listed(page, title).locator('.tick')

test('what happens in one tab is seen in the list of another, and of another device: new, title, working, deleted', async ({
  page,
  browser,
  context,
  provider,
  startServer,
}) => {
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  await page.goto(server.url)
  await expect.poll(() => followers(server.url, 'list')).toBe(1)
  const tab = await context.newPage()
  await tab.goto(server.url)
  const device = await anotherDevice(browser, context)
  const far = await device.newPage()
  await far.goto(server.url)
  // Two browsers, one stream of the list each.
  await expect.poll(() => followers(server.url, 'list')).toBe(2)

  const release = provider.hold(10)
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w9 ')
  for (const other of [tab, far]) {
    await expect(tick(other, 'Count')).toHaveAttribute('data-state', 'working')
    await expect(listed(other, 'Count')).toContainText('(working)')
  }
  release()
  for (const other of [tab, far]) await expect(other.locator('.tick')).toHaveAttribute('data-state', 'quiet')

  const { pathname } = new URL(page.url())
  const rename = (title: string) => page.request.patch(`${server.url}/api/sessions${pathname.slice(5)}`, { data: { title } })
  await rename('First')
  for (const one of [page, tab, far]) await expect(listed(one, 'First')).toHaveCount(1)
  await rename('Second')
  for (const one of [page, tab, far]) await expect(listed(one, 'Second')).toHaveCount(1)
  await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible()

  await listed(tab, 'Second').hover()
  await tab.getByRole('button', { name: 'Delete Second' }).click()
  for (const one of [page, tab, far]) await expect(listed(one, 'Second')).toHaveCount(0)
  await expect(page.getByText('This session was deleted.')).toBeVisible()
  await tab.getByRole('button', { name: 'Undo' }).click()
  await expect(listed(far, 'Second')).toHaveCount(1)
  await device.close()
})

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test(`what waits for the user is seen in another tab, in ${colorScheme} at ${width} px`, async ({ page, context, withTools }) => {
    await page.goto(withTools.url)
    const tab = await context.newPage()
    await tab.emulateMedia({ colorScheme })
    await tab.setViewportSize({ width, height: 720 })
    await tab.goto(withTools.url)
    await say(page, 'use everything__echo {"message": "hi"}')
    const list = tab.getByRole('button', { name: 'Sessions', exact: true })
    if (width < 760) await list.click()
    await expect(tab.locator('.tick')).toHaveAttribute('data-state', 'waiting')
    await expect(tab.locator('.session-link')).toContainText('(waits for you)')
    await tab.screenshot({ path: `test-results/page/live-waits-${width}-${colorScheme}.png` })
    await page.getByRole('button', { name: 'Approve' }).click()
    await expect(tab.locator('.tick')).toHaveAttribute('data-state', 'quiet')
  })
}

test('twenty tabs over HTTP/1.1 see one answer stream, over one connection, and each can send', async ({
  page,
  context,
  provider,
  startServer,
}) => {
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  await page.goto(server.url)
  await say(page, 'Count')
  await expect(answers(page)).toContainText(provider.text.trim())
  const tabs = [page]
  while (tabs.length < 20) {
    const tab = await context.newPage()
    await tab.goto(page.url())
    tabs.push(tab)
  }
  expect(await page.evaluate(() => performance.getEntriesByType('navigation').map((entry) => entry.toJSON().nextHopProtocol))).toEqual([
    'http/1.1',
  ])
  const release = provider.hold(10)
  await say(page, 'Count')
  for (const tab of tabs) await expect(liveAnswer(tab)).toContainText('w9 ')
  await expect.poll(() => followers(server.url)).toBe(1)
  await expect.poll(() => followers(server.url, 'list')).toBe(1)
  // The one that reads goes: another goes on.
  await page.close()
  tabs.shift()
  release()
  for (const tab of tabs) {
    await expect(answers(tab)).toHaveCount(2)
    await expect(answers(tab).last()).toContainText(provider.text.trim())
  }
  await expect.poll(() => followers(server.url)).toBe(1)
  for (const [index, tab] of tabs.entries()) {
    await say(tab, `From tab ${index}`)
    const next = tabs[(index + 1) % tabs.length] ?? tab
    await expect(next.getByText(`From tab ${index}`, { exact: true })).toBeVisible()
  }
  for (const tab of tabs) await expect(liveAnswer(tab)).toHaveCount(0, { timeout: 90_000 })
})

test('twenty tabs with as many sessions, some of them hidden, all see their answers', async ({ page, context, provider, startServer }) => {
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  await page.goto(server.url)
  const tabs = [page]
  while (tabs.length < 20) {
    const tab = await context.newPage()
    await tab.goto(server.url)
    tabs.push(tab)
  }
  for (const tab of tabs) await say(tab, 'Count')
  for (const tab of tabs) await expect(answers(tab)).toContainText(provider.text.trim())
  await expect.poll(() => followers(server.url)).toBe(3)
  for (const tab of tabs.slice(0, 18)) await setHidden(tab, true)
  // A tab that polled becomes one that reads when it hears that others left.
  await expect.poll(() => followers(server.url)).toBe(2)
  for (const tab of tabs.slice(0, 2)) await setHidden(tab, false)
  for (const tab of tabs.slice(0, 2)) {
    await say(tab, 'Count')
    await expect(answers(tab)).toHaveCount(2)
  }
})

interface Told {
  title: string
  body: string
}

/** Notifications as a browser has them that was allowed to, or asks; what is told is noted. */
async function noteNotifications(context: BrowserContext, permission: NotificationPermission): Promise<void> {
  await context.addInitScript((first) => {
    const told: Told[] = []
    class Noted {
      static permission = first
      static async requestPermission() {
        Noted.permission = 'granted'
        return Noted.permission
      }
      onclick: (() => void) | null = null
      constructor(title: string, { body = '' }: NotificationOptions) {
        told.push({ title, body })
        Object.assign(window, { lastNote: this })
      }
      close() {}
    }
    Object.assign(window, { Notification: Noted, told })
  }, permission)
}

const told = async (...pages: Page[]): Promise<Told[]> =>
  (await Promise.all(pages.map((page) => page.evaluate(() => (window as unknown as { told: Told[] }).told)))).flat()

test('an answer that ends while no tab of it is seen is told of once, and in the title; a press opens it', async ({
  page,
  context,
  provider,
  startServer,
}) => {
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  await noteNotifications(context, 'granted')
  await page.goto(server.url)
  const tab = await context.newPage()
  await tab.goto(server.url)
  const release = provider.hold(10)
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w9 ')
  await expect(tick(tab, 'Count')).toHaveAttribute('data-state', 'working')
  await setHidden(page, true)
  await setHidden(tab, true)
  await expect.poll(() => followers(server.url)).toBe(0)
  await expect.poll(() => followers(server.url, 'list')).toBe(1)
  release()
  await expect(page).toHaveTitle(/^Done · .* · Rill$/)
  await expect.poll(() => told(page, tab)).toEqual([{ title: expect.any(String), body: 'The answer has ended.' }])
  const teller = (await told(tab)).length === 1 ? tab : page
  await teller.evaluate(() => (window as unknown as { lastNote: { onclick: () => void } }).lastNote.onclick())
  await expect(teller).toHaveURL(/\/chat\//)
  for (const one of [page, tab]) await setHidden(one, false)
  await expect(answers(page)).toContainText(provider.text.trim())
  await expect(page).not.toHaveTitle(/Done/)

  // What is seen is not told.
  await say(page, 'Count')
  await expect(answers(page)).toHaveCount(2)
  expect(await told(page, tab)).toHaveLength(1)
})

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test.describe(`in ${colorScheme} at ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 720 } })

    test('notifications are asked for when the user wants them, and can be turned off, by keyboard', async ({
      page,
      context,
      demo: server,
    }) => {
      await noteNotifications(context, 'default')
      await page.goto(server.url)
      const drawer = page.getByRole('button', { name: 'Sessions', exact: true })
      if (width < 760) await drawer.press('Enter')
      const entry = page.getByRole('button', { name: 'Notifications' })
      await entry.press('Enter')
      const panel = page.getByRole('dialog', { name: 'Notifications' })
      await expect(panel).toContainText('They are off.')
      await panel.getByRole('button', { name: 'Turn on' }).press('Enter')
      await expect(panel).toContainText('They are on in this browser.')
      await page.screenshot({ path: `test-results/page/notifications-${width}-${colorScheme}.png` })
      await expectNoViolations(page)
      await panel.getByRole('button', { name: 'Turn off' }).press('Enter')
      await expect(panel).toContainText('They are off in this browser.')
      await page.keyboard.press('Escape')
      await expect(panel).toHaveCount(0)
      await expect(entry).toBeFocused()
    })
  })
}
