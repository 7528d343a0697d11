import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { type FilledServer, serverWithConversations } from '../bench/fixtures/server.ts'
import { startRill } from '../bench/lib/server.ts'
import { idle } from '../bench/page/measure.ts'
import { answers, test as base, distributed, expect, NETWORK_ERRORS, say } from './fixtures.ts'
import { openScriptedSession, run } from './scripted-log.ts'

const SIZES = [
  { width: 360, height: 740 },
  { width: 1_440, height: 900 },
]

const test = base.extend<object, { filled: FilledServer }>({
  filled: [
    async ({ provider }, use) => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
      const env = { OPENAI_BASE_URL: provider.url }
      const start = (port?: number) => startRill({ dataFolder, env, ...(port !== undefined && { port }) })
      const filled = await serverWithConversations(start, dataFolder, [10_000, 50])
      await use(filled)
      await filled.server.stop()
      rmSync(dataFolder, { recursive: true })
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

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

const DEMO = { RILL_MODEL: 'demo', RILL_DEMO_TOKENS_PER_SECOND: '0' }

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' | ')}`)).toEqual([])
}

/** The state of a page at both widths: it fits, axe finds nothing, and there is a picture of it. */
async function look(page: Page, name: string, colorScheme: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width)
    await expectNoViolations(page)
    await page.screenshot({ path: `test-results/page/${name}-${size.width}-${colorScheme}.png` })
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`where a way ends, in ${colorScheme}`, () => {
    test.use({ colorScheme, expectedErrors: /404|Minified React error #31|Objects are not valid/ })

    test('an address that leads nowhere is told of beside the sessions', async ({ page, startServer }) => {
      const server = await startServer({ env: DEMO })
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
        await look(page, name, colorScheme)
      }
      await page.getByRole('main').getByRole('link', { name: 'New session' }).click()
      await expect(page.getByLabel('Message', { exact: true })).toBeVisible()
    })

    test('a part that breaks is told of in its place, and what was typed is there after it', async ({ page, startServer }) => {
      const server = await startServer({ env: DEMO })
      const broken = { sessions: [{ id: '1', title: {}, updatedAt: new Date().toISOString() }], nextCursor: null }
      const models = { models: [{ id: {}, provider: {}, name: {} }], providers: [{ provider: {}, error: {} }] }
      await page.goto(server.url)
      await page.getByLabel('Message', { exact: true }).fill('What I was writing')

      await page.route('**/api/models*', (route) => route.fulfill({ json: models }))
      await page.getByRole('button', { name: /^Model/ }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'This page broke' })).toBeVisible()
      await expect(page.getByRole('complementary', { name: 'Sessions' })).toBeAttached()
      await look(page, 'broken-page', colorScheme)
      await page.getByRole('button', { name: 'Try again' }).click()
      await expect(page.getByLabel('Message', { exact: true })).toHaveValue('What I was writing')

      await page.route('**/api/sessions', (route) => route.fulfill({ json: broken }))
      await page.evaluate(() => window.dispatchEvent(new Event('focus')))
      await expect(page.getByRole('heading', { level: 1, name: 'This page broke' })).toBeVisible()
      await expect(page.getByRole('complementary', { name: 'Sessions' })).toHaveCount(0)
      await look(page, 'broken-shell', colorScheme)
      await page.getByRole('button', { name: 'Try again' }).click()
      await expect(page.getByLabel('Message', { exact: true })).toHaveValue('What I was writing')
    })
  })

  test.describe(`a server without its database, in ${colorScheme}`, () => {
    test.use({ colorScheme, expectedErrors: /status of 503/ })

    test('answers a reader with a page, and a program with JSON', async ({ page, startServer, createDatabase, postgres, provider }) => {
      const server = await startServer({ env: distributed(await createDatabase(), provider.url) })
      await postgres.halt()
      try {
        const response = await page.goto(server.url)
        expect(response?.status()).toBe(503)
        await expect(page.getByRole('heading', { level: 1, name: 'Rill cannot show this now' })).toBeVisible()
        await look(page, 'no-database', colorScheme)
        const json = await page.request.get(server.url, { headers: { accept: '*/*' } })
        expect(await json.json()).toMatchObject({ error: { code: 'unavailable' } })
      } finally {
        await postgres.resume()
      }
      await page.getByRole('link', { name: 'Try again' }).click()
      await expect(page.getByLabel('Message', { exact: true })).toBeVisible()
    })
  })
}

const BROKEN_FRAMES = `It goes like this:

\`\`\`mermaid
graph TD
  a -->
\`\`\`

![Gone](https://elsewhere.example/gone.png)

That was all.
`

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`what fails in a frame, in ${colorScheme}`, () => {
    test.use({ colorScheme, expectedErrors: NETWORK_ERRORS })

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
      await look(page, 'broken-frames', colorScheme)
      for (const size of SIZES) {
        await page.setViewportSize(size)
        // Its head and two lines.
        expect((await diagram.boundingBox())?.height).toBeLessThan(120)
        expect((await page.locator('.remote-image').boundingBox())?.height).toBeLessThan(60)
      }
      await log.close()
    })
  })
}

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' })
const paletteField = (page: Page) => palette(page).getByRole('combobox', { name: 'Command or session' })
const field = (page: Page) => page.getByLabel('Message', { exact: true })
const title = (page: Page) => page.getByRole('banner').getByRole('heading', { level: 1 })

/** Opens the palette, types, and chooses what stands first. */
async function choose(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k')
  await paletteField(page).fill(typed)
  await paletteField(page).press('Enter')
  await expect(palette(page)).toHaveCount(0)
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`the palette, in ${colorScheme}`, () => {
    test.use({ colorScheme })

    test('lists what can be done and every session, filters, and is worked by keys alone', async ({ page, startServer }) => {
      const server = await startServer({ env: DEMO })
      for (const text of ['Letter to the landlord', 'Menu for eleven people', 'Über die Wälder']) {
        await page.goto(server.url)
        await say(page, text)
        await expect(answers(page)).toHaveCount(1)
      }
      await field(page).focus()
      await page.keyboard.press('ControlOrMeta+k')
      await expect(paletteField(page)).toBeFocused()
      const options = palette(page).getByRole('option')
      await expect(palette(page).getByRole('group', { name: 'Sessions' }).getByRole('option')).toHaveCount(3)
      await expect(options.first()).toHaveAttribute('aria-selected', 'true')
      await page.keyboard.press('ArrowUp')
      await expect(options.last()).toHaveAttribute('aria-selected', 'true')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true')
      await expect(paletteField(page)).toHaveAttribute('aria-activedescendant', (await options.nth(1).getAttribute('id')) as string)
      await look(page, 'palette', colorScheme)

      await paletteField(page).fill('walder')
      await expect(options).toHaveCount(1)
      await paletteField(page).fill('nobody is called so')
      await expect(options).toHaveCount(0)
      await look(page, 'palette-empty', colorScheme)
      await page.keyboard.press('Escape')
      await expect(palette(page)).toHaveCount(0)
      await expect(field(page)).toBeFocused()

      await choose(page, 'landlord')
      await expect(title(page)).toContainText('landlord')
    })
  })
}

test('each command of the palette does what it says, at both widths', async ({ page, context, startServer }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const server = await startServer({ env: { RILL_MODEL: 'demo', RILL_DEMO_TOKENS_PER_SECOND: '40' } })
  for (const size of SIZES) {
    await page.setViewportSize(size)
    await page.goto(server.url)
    await say(page, 'Explain some code')
    await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
    await choose(page, 'stop')
    await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0)
    await choose(page, 'regenerate')
    await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
    await expect(page.locator('.prose p').first()).toContainText(/\w+ \w+ \w+/)
    await page.keyboard.press('ControlOrMeta+.')
    await expect(answers(page)).toHaveCount(1)
    await choose(page, 'copy')
    const shown = await page.locator('.prose p').first().textContent()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(shown?.slice(0, 8))

    await choose(page, 'theme')
    const theme = await page.locator('html').getAttribute('data-theme')
    await choose(page, 'dark mode')
    await expect(page.locator('html')).not.toHaveAttribute('data-theme', theme ?? '')
    await choose(page, 'model')
    await expect(page.getByRole('dialog', { name: 'Model' })).toBeVisible()
    await page.keyboard.press('Escape')
    await choose(page, 'find')
    await expect(page.getByRole('search').getByRole('textbox')).toBeFocused()
    await page.keyboard.press('Escape')
    await choose(page, 'write')
    await expect(field(page)).toBeFocused()

    await choose(page, 'rename')
    await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused()
    await page.keyboard.type('Renamed by keys')
    await page.keyboard.press('Enter')
    await expect(title(page)).toHaveText('Renamed by keys')
    await page.keyboard.press('Escape')
    await choose(page, 'delete this')
    await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
    await expect(page).toHaveURL(`${server.url}/`)
    await page.getByRole('button', { name: 'Undo' }).click()
    await choose(page, 'renamed by')
    await expect(title(page)).toHaveText('Renamed by keys')
    await choose(page, 'new session')
    await expect(page).toHaveURL(`${server.url}/`)
  }
  // Without a keyboard.
  await page.setViewportSize({ width: 360, height: 740 })
  await page.getByRole('button', { name: 'Sessions' }).click()
  await page.getByRole('button', { name: 'Commands' }).click()
  await palette(page).getByRole('option', { name: 'Write a message' }).click()
  await expect(field(page)).toBeFocused()
  await expect(page.getByRole('complementary', { name: 'Sessions' })).toBeHidden()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`the list of shortcuts, in ${colorScheme}`, () => {
    test.use({ colorScheme })

    test('opens at ? outside of fields, and keys alone can be switched off', async ({ page, startServer }) => {
      const server = await startServer({ env: DEMO })
      const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
      await page.goto(server.url)
      await field(page).pressSequentially('?')
      await expect(field(page)).toHaveValue('?')
      await field(page).fill('')
      await field(page).blur()
      await page.keyboard.press('/')
      await expect(field(page)).toBeFocused()
      await expect(field(page)).toHaveValue('')
      await field(page).blur()
      await page.keyboard.press('?')
      await expect(shortcuts).toBeVisible()
      await look(page, 'shortcuts', colorScheme)
      await shortcuts.getByRole('checkbox').uncheck()
      await shortcuts.getByRole('button', { name: 'Close' }).click()
      await expect(shortcuts).toHaveCount(0)
      await page.keyboard.press('/')
      await page.keyboard.press('?')
      await expect(field(page)).not.toBeFocused()
      await choose(page, 'shortcuts')
      await expect(shortcuts).toBeVisible()
      await shortcuts.getByRole('checkbox').check()
    })
  })
}
