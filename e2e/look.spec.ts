import type { Page } from '@playwright/test'
import { expectNoViolations } from './axe.ts'
import { answers, expect, liveAnswer, NETWORK_ERRORS, say, test } from './fixtures.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme })

    test('axe finds nothing, on an empty page, in mid-answer and after', async ({ page, startServer }) => {
      const server = await startServer({ env: { RILL_DEMO_TOKENS_PER_SECOND: '100' } })
      await page.goto(server.url)
      await expectNoViolations(page)
      await say(page, 'Explain some code, and why')
      await expect(liveAnswer(page)).toBeVisible()
      await expectNoViolations(page)
      await expect(answers(page)).toHaveCount(1)
      await say(page, 'What is 2 * 3?')
      await expect(answers(page)).toHaveCount(2)
      await page.getByRole('button', { name: /completed calculator/ }).click()
      await expectNoViolations(page)
    })

    test('everything fits at 360 px, and the sessions are in a drawer', async ({ page }) => {
      await page.setViewportSize({ width: 360, height: 720 })
      await page.goto('/')
      await say(page, `A long word: ${'x'.repeat(200)}`)
      await expect(answers(page)).toHaveCount(1)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      await page.getByRole('button', { name: 'Sessions', exact: true }).click()
      await expect(page.getByRole('complementary', { name: 'Sessions' })).toBeVisible()
      await expectNoViolations(page)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('button', { name: 'Sessions', exact: true })).toBeFocused()
    })
  })
}

test.describe("the operator's page", () => {
  const checks = (page: Page) => page.getByRole('list', { name: 'Checks' }).getByRole('listitem')

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`says how the server is, fits 360 px, and axe finds nothing, in ${colorScheme}`, async ({ page, rill }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 360, height: 720 })
      await page.goto('/operator')
      await expect(checks(page)).toHaveCount(8)
      await expect(checks(page).filter({ hasText: 'streaming' })).toContainText(`one by one through ${rill.url}`)
      await expect(checks(page).filter({ hasText: 'provider' })).toContainText('openai-compatible/scripted')
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      await expectNoViolations(page)
      await page.getByRole('button', { name: 'Check again' }).click()
      await expect(page.getByText('This takes a few seconds')).toBeVisible()
      await expect(checks(page)).toHaveCount(8)
      await page.setViewportSize({ width: 1280, height: 860 })
      await expectNoViolations(page)
      await page.screenshot({ path: `test-results/operator-${colorScheme}.png` })
    })
  }

  test.describe('behind a proxy', () => {
    test.use({ extraHTTPHeaders: { 'x-forwarded-for': '203.0.113.9' }, expectedErrors: NETWORK_ERRORS })

    test('is not there', async ({ page }) => {
      const seen = async (path: string) => {
        const response = await page.goto(path)
        await expect(page.getByRole('heading')).toHaveText('There is nothing here')
        return [response?.status(), await page.title(), await page.getByRole('main').textContent()]
      }
      const unknown = await seen('/nothing')
      expect(await seen('/operator')).toEqual(unknown)
      expect(unknown[0]).toBe(404)
    })
  })
})

test('the theme that was chosen stays after a reload', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Change between light and dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('the keyboard reaches everything that the mouse does', async ({ page }) => {
  await page.goto('/')
  await say(page, 'Count for me')
  await expect(answers(page)).toHaveCount(1)
  const controls = await page.evaluateHandle(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, input, textarea, select, summary')].filter(
      (control) => control.checkVisibility({ visibilityProperty: true }) && !control.matches(':disabled'),
    ),
  )
  const names = await controls.evaluate((all) => all.map((control) => control.getAttribute('aria-label') ?? control.textContent))
  expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^Rename/), expect.stringMatching(/^Delete/), 'Copy answer']))
  const reached = new Set<number>()
  // Once round, past the window's own place between the last and the first.
  for (let count = 0; count < names.length + 2; count += 1) {
    await page.keyboard.press('Tab')
    reached.add(await controls.evaluate((all) => all.indexOf(document.activeElement as HTMLElement)))
  }
  expect(names.filter((_, index) => !reached.has(index))).toEqual([])
  await page.keyboard.press('Control+j')
  await expect(page.getByRole('heading', { name: 'What can I help with?' })).toBeVisible()
})

test('the picture in the README', async ({ page, demo: server }) => {
  await page.setViewportSize({ width: 1280, height: 860 })
  for (const question of ['Reading list: durable execution', 'Regex for ISO weeks', 'How does a rill become a river? Show some code.']) {
    await page.goto(server.url)
    await say(page, question)
    await expect(answers(page)).toHaveCount(1)
  }
  await say(page, 'And what is 12.5 * 8?')
  await expect(answers(page)).toHaveCount(2)
  await expect(page.getByRole('navigation').getByText('How does a rill become')).toBeVisible()
  await page.mouse.move(0, 0)
  // In the tree only when it is wanted ("npm run picture"): its bytes differ from run to run.
  await page.screenshot({ path: process.env.PICTURE ?? 'test-results/page.png', animations: 'disabled' })
})
