import { STARTERS } from '#components/welcome/starters.ts'
import { answers, expect, liveAnswer, test } from './fixtures.ts'
import { look } from './looks.ts'

test('each way to begin works on the demo model', async ({ page, demo: server }) => {
  const shows = ['17%', 'Tokyo', 'reduce', 'river']
  for (const [index, { title }] of STARTERS.entries()) {
    await page.goto(server.url)
    await page.getByRole('list', { name: 'Ways to begin' }).getByRole('button', { name: title }).click()
    await expect(page).toHaveURL(/\/chat\//)
    await expect(answers(page)).toContainText(shows[index] as string)
    await expect(liveAnswer(page)).toHaveCount(0)
  }
})

test('says how a model is connected, and whether that works and why not', async ({ page, demo, startServer }) => {
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

  test('keeps the message in the field', async ({ page, demo: server }) => {
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

test.describe('the first page, and the page that is not there', () => {
  test.use({ expectedErrors: /404/ })

  test('fit, axe finds nothing, and the second has a way out', async ({ page, demo }) => {
    for (const [name, path] of [
      ['welcome', '/'],
      ['not-found', '/nowhere'],
    ] as const) {
      await page.goto(`${demo.url}${path}`)
      await expect(page.getByRole('heading', { level: name === 'welcome' ? 2 : 1 }).first()).toBeVisible()
      await look(page, name)
    }
    await page.getByRole('main').getByRole('link', { name: 'New session' }).click()
    await expect(page.getByRole('heading', { name: 'What can I help with?' })).toBeVisible()
  })
})
