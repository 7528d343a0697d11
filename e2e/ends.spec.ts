import { answers, distributed, expect, NETWORK_ERRORS, say, test } from './fixtures.ts'
import { look, SIZES } from './looks.ts'
import { openScriptedSession, run } from './scripted-log.ts'

test.describe('where a way ends', () => {
  test.use({ expectedErrors: /404|Minified React error #31|Objects are not valid|Cannot read properties of undefined|is not a function/ })

  test('an address that leads nowhere is told of beside the sessions', async ({ page, demo: server }) => {
    await page.goto(server.url)
    await say(page, 'Hello')
    await expect(answers(page)).toHaveCount(1)
    for (const [name, path] of [
      ['no-page', '/no/such/page'],
      ['no-session', '/chat/00000000-0000-7000-8000-000000000000'],
    ] as const) {
      const response = await page.goto(`${server.url}${path}`)
      expect(response?.status()).toBe(404)
      await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible()
      await expect(page.getByRole('navigation', { name: 'Sessions' }).getByRole('link')).toHaveCount(1)
      await look(page, name)
    }
    await page.getByRole('main').getByRole('link', { name: 'New session' }).click()
    await expect(page.getByLabel('Message', { exact: true })).toBeVisible()
  })

  test('a part that breaks is told of in its place, and what was typed is there after it', async ({ page, demo: server }) => {
    const broken = { sessions: [{ id: '1', title: {}, updatedAt: new Date().toISOString() }], nextCursor: null }
    const models = { models: [{ id: {}, provider: {}, name: {} }], providers: [{ provider: {}, error: {} }] }
    // Else nobody asks for the list.
    await page.route('**/api/sessions/events', (route) => route.fulfill({ status: 404 }))
    await page.goto(server.url)
    await page.getByLabel('Message', { exact: true }).fill('What I was writing')

    await page.route('**/api/models*', (route) => route.fulfill({ json: models }))
    await page.getByRole('button', { name: /^Model/ }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'This page broke' })).toBeVisible()
    await expect(page.getByRole('complementary', { name: 'Sessions' })).toBeAttached()
    await look(page, 'broken-page')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByLabel('Message', { exact: true })).toHaveValue('What I was writing')

    await page.route('**/api/sessions', (route) => route.fulfill({ json: broken }))
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await expect(page.getByRole('heading', { level: 1, name: 'This page broke' })).toBeVisible()
    await expect(page.getByRole('complementary', { name: 'Sessions' })).toHaveCount(0)
    await look(page, 'broken-shell')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByLabel('Message', { exact: true })).toHaveValue('What I was writing')
  })
})

test.describe('a server without its database', () => {
  test.use({ expectedErrors: /status of 503/ })

  test('answers a reader with a page, and a program with JSON', async ({ page, startServer, createDatabase, postgres, provider }) => {
    const server = await startServer({ env: distributed(await createDatabase(), provider.url) })
    await postgres.halt()
    try {
      const response = await page.goto(server.url)
      expect(response?.status()).toBe(503)
      await expect(page.getByRole('heading', { level: 1, name: 'Rill cannot show this now' })).toBeVisible()
      await look(page, 'no-database')
      const json = await page.request.get(server.url, { headers: { accept: '*/*' } })
      expect(await json.json()).toMatchObject({ error: { code: 'unavailable' } })
    } finally {
      await postgres.resume()
    }
    await page.getByRole('link', { name: 'Try again' }).click()
    await expect(page.getByLabel('Message', { exact: true })).toBeVisible()
  })
})

const BROKEN_FRAMES = `It goes like this:

\`\`\`mermaid
graph TD
  a -->
\`\`\`

![Gone](https://elsewhere.example/gone.png)

That was all.
`

test.describe('what fails in a frame', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('leaves a small frame, not an empty room', async ({ page }) => {
    let asked = 0
    await page.route('https://elsewhere.example/**', (route) => {
      asked += 1
      return route.abort()
    })
    const log = await openScriptedSession(page, 'Broken frames')
    log.append(...run.begins('How does it go?'), run.says(BROKEN_FRAMES), ...run.ends('stop'))
    const diagram = page.getByRole('figure', { name: 'Diagram' })
    await expect(diagram).toContainText('This diagram could not be drawn')
    await page.getByRole('button', { name: 'Show from elsewhere.example: Gone' }).click()
    await expect(page.getByText('elsewhere.example did not give this image.')).toBeVisible()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => asked).toBe(2)
    await expect(page.getByText('elsewhere.example did not give this image.')).toBeVisible()
    await look(page, 'broken-frames')
    for (const size of SIZES) {
      await page.setViewportSize(size)
      // Its head and two lines.
      expect((await diagram.boundingBox())?.height).toBeLessThan(120)
      expect((await page.locator('.remote-image').boundingBox())?.height).toBeLessThan(60)
    }
    await log.close()
  })
})
