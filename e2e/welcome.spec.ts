import { STARTERS } from '#components/welcome/starters.ts'
import { expectNoViolations } from './axe.ts'
import { answers, expect, liveAnswer, test } from './fixtures.ts'

const DEMO = { RILL_MODEL: 'demo', RILL_DEMO_TOKENS_PER_SECOND: '0' }
const SIZES = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
]

test('each way to begin works on the demo model', async ({ page, startServer }) => {
  const server = await startServer({ env: DEMO })
  const shows = ['17%', 'Tokyo', 'reduce', 'river']
  for (const [index, { title }] of STARTERS.entries()) {
    await page.goto(server.url)
    await page.getByRole('list', { name: 'Ways to begin' }).getByRole('button', { name: title }).click()
    await expect(page).toHaveURL(/\/chat\//)
    await expect(answers(page)).toContainText(shows[index] as string)
    await expect(liveAnswer(page)).toHaveCount(0)
  }
})

test('says how a model is connected, and whether that works and why not', async ({ page, startServer }) => {
  const demo = await startServer({ env: DEMO })
  await page.goto(demo.url)
  const models = page.getByRole('region', { name: 'Models' })
  await models.getByText('Connect a real one').click()
  await expect(models.getByText('ANTHROPIC_API_KEY')).toBeVisible()
  await models.getByRole('button', { name: 'Check the connection' }).click()
  await expect(models.getByRole('status')).toContainText('The demo model works. No provider is configured.')

  const down = await startServer({ env: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } })
  await page.goto(down.url)
  await models.getByRole('button', { name: 'Check the connection' }).click()
  await expect(models.getByRole('status')).toContainText('openai-compatible does not work.')
  await expect(models.getByRole('button', { name: 'Check again' })).toBeVisible()
})

test.describe('a server that refuses', () => {
  test.use({ expectedErrors: /status of 400/ })

  test('keeps the message in the field', async ({ page, startServer }) => {
    const server = await startServer({ env: DEMO })
    await page.goto(server.url)
    await page.route('**/api/sessions', (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      return route.fulfill({ status: 400, json: { error: { code: 'invalid-request', message: 'Not now.' } } })
    })
    await page.getByRole('button', { name: 'Use a tool' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'Your message is kept.' })).toBeVisible()
    await expect(page.getByLabel('Message')).toHaveValue('What time is it in Tokyo?')
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, expectedErrors: /404/ })

    test('the first page, the page that is not there and its way out fit, and axe finds nothing', async ({ page, startServer }) => {
      const server = await startServer({ env: DEMO })
      for (const [name, path] of [
        ['welcome', '/'],
        ['not-found', '/nowhere'],
      ] as const) {
        for (const size of SIZES) {
          await page.setViewportSize(size)
          await page.goto(`${server.url}${path}`)
          await expect(page.getByRole('heading', { level: name === 'welcome' ? 2 : 1 }).first()).toBeVisible()
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width)
          await expectNoViolations(page)
          await page.screenshot({ path: `test-results/page/${name}-${size.width}-${colorScheme}.png` })
        }
      }
      await page.getByRole('main').getByRole('link', { name: 'New session' }).click()
      await expect(page.getByRole('heading', { name: 'What can I help with?' })).toBeVisible()
    })
  })
}
