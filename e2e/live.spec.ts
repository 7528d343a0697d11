import type { Page } from '@playwright/test'
import { answers, expect, liveAnswer, say, test } from './fixtures.ts'
import { metricOf, setHidden } from './hidden.ts'

test.describe.configure({ timeout: 180_000 })

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
