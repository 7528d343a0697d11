import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { type FilledServer, serverWithConversations } from '../bench/fixtures/server.ts'
import { startRill } from '../bench/lib/server.ts'
import { idle } from '../bench/page/measure.ts'
import { expectNoViolations } from './axe.ts'
import { answers, test as base, distributed, expect, liveAnswer, NETWORK_ERRORS, say } from './fixtures.ts'
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
    test.use({ colorScheme, expectedErrors: /404|Minified React error #31|Objects are not valid|Cannot read properties of undefined/ })

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
      // Else nobody asks for the list.
      await page.route('**/api/sessions/events', (route) => route.fulfill({ status: 404 }))
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
const title = (page: Page) => page.getByRole('main').getByRole('heading', { level: 1 })

/** Opens the palette, types, and chooses what stands first. */
async function choose(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k')
  await paletteField(page).fill(typed)
  // What was just brought back comes with the next news of the list.
  await expect(palette(page).getByRole('option').first()).toBeVisible()
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

const WIDE_CODE = `\`\`\`ts
const line = '${'a very long line of code '.repeat(12)}'
\`\`\`

| ${'a wide column | '.repeat(12)}
|${' --- |'.repeat(12)}
| ${'what stands in it | '.repeat(12)}
`

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })

  test('what the screen’s corners and bars take is left free', async ({ page, startServer }) => {
    const server = await startServer({ env: DEMO })
    const session = await page.context().newCDPSession(page)
    const insets = { top: 47, topMax: 47, left: 20, leftMax: 20, bottom: 34, bottomMax: 34, right: 20, rightMax: 20 }
    await session.send('Emulation.setSafeAreaInsetsOverride', { insets })
    await page.goto(server.url)
    const menu = page.getByRole('button', { name: 'Sessions' })
    const box = await menu.boundingBox()
    expect(box?.y).toBeGreaterThanOrEqual(47)
    expect(box?.x).toBeGreaterThanOrEqual(20)
    const composer = await page.locator('.composer-box').boundingBox()
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(740 - 34)
    expect((composer?.x ?? 0) + (composer?.width ?? 0)).toBeLessThanOrEqual(360 - 20)
    await page.screenshot({ path: 'test-results/page/safe-areas-360.png' })
    await menu.click()
    const link = page.getByRole('link', { name: 'Rill, new session' })
    await expect.poll(async () => (await link.boundingBox())?.y).toBeGreaterThanOrEqual(47)
    await expect.poll(async () => (await link.boundingBox())?.x).toBeGreaterThanOrEqual(20)
    await page.screenshot({ path: 'test-results/page/safe-areas-drawer-360.png' })
  })

  test('a swipe opens the sessions, one back closes them; in what scrolls sideways it scrolls', async ({ page, context }) => {
    const log = await openScriptedSession(page, 'Fingers')
    const row = (cell: string) => `| ${Array(12).fill(cell).join(' | ')} |\n`
    log.append(...run.begins('A wide table, please.'), run.says(row('what it says') + row('---') + row('12')), ...run.ends('stop'))
    await expect(answers(page)).toHaveCount(1)
    await idle(page)
    const finger = await context.newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[] = []) =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints })
    const swipe = async (fromX: number, toX: number, y: number) => {
      await touch('touchStart', [{ x: fromX, y }])
      for (let part = 1; part <= 8; part += 1) await touch('touchMove', [{ x: fromX + ((toX - fromX) * part) / 8, y }])
      await touch('touchEnd')
    }
    const sessions = page.getByRole('complementary', { name: 'Sessions' })
    await swipe(100, 300, 300)
    await expect(sessions).toBeVisible()
    await swipe(250, 60, 300)
    await expect(sessions).toBeHidden()

    const table = page.locator('.table-scroller')
    const { y, height } = (await table.boundingBox()) as { y: number; height: number }
    const isAt = () => table.evaluate((element) => element.scrollLeft)
    await swipe(300, 60, y + height / 2)
    await expect.poll(isAt).toBeGreaterThan(100)
    await swipe(60, 300, y + height / 2)
    await expect.poll(isAt).toBeLessThan(100)
    await expect(sessions).toBeHidden()
    await log.close()
  })

  test('a keyboard that lies over the page leaves the field to be seen', async ({ page, startServer }) => {
    const server = await startServer({ env: DEMO })
    // As on iOS: what is seen becomes smaller, the page does not.
    await page.addInitScript(() => {
      const view = Object.assign(new EventTarget(), { height: innerHeight, scale: 1 })
      Object.defineProperty(window, 'visualViewport', { value: view })
    })
    await page.goto(server.url)
    await idle(page)
    const bottom = async () => {
      const box = await page.locator('.composer-box').boundingBox()
      return (box?.y ?? 0) + (box?.height ?? 0)
    }
    const setHeight = (height: number) =>
      page.evaluate((to) => {
        Object.assign(window.visualViewport as object, { height: to })
        window.visualViewport?.dispatchEvent(new Event('resize'))
      }, height)
    await setHeight(420)
    await expect.poll(bottom).toBeLessThanOrEqual(420)
    await page.screenshot({ path: 'test-results/page/keyboard-360.png' })
    await setHeight(740)
    await expect.poll(bottom).toBeGreaterThan(600)
  })
})

const BOTH_DIRECTIONS = `שלום לכולם, this is \`const a = 1\` בעברית.

And this is English, with שלום in it.

- פריט ראשון
- פריט שני

1. First item
2. Second item

> ציטוט קצר

| שם | מספר |
| --- | --- |
| אחד | 1 |
`

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`both directions, in ${colorScheme}`, () => {
    test.use({ colorScheme })

    test('each paragraph, list, quote and table takes the direction that it begins with', async ({ page }) => {
      const log = await openScriptedSession(page, 'שיחה בעברית')
      log.append(...run.begins('שלום, מה שלומך?'), run.says(BOTH_DIRECTIONS), ...run.ends('stop'))
      await expect(answers(page)).toHaveCount(1)
      /** Whether its first letters stand at the right. */
      const isAtRight = (locator: Locator) =>
        locator.evaluate((element) => {
          const range = document.createRange()
          range.selectNodeContents(element)
          const text = range.getBoundingClientRect()
          const box = element.getBoundingClientRect()
          return Math.abs(box.right - text.right) < Math.abs(text.left - box.left)
        })
      const prose = page.locator('.prose')
      expect(await isAtRight(prose.locator('p').first())).toBe(true)
      expect(await isAtRight(prose.locator('p').nth(1))).toBe(false)
      await expect(prose.locator('ul')).toHaveCSS('direction', 'rtl')
      await expect(prose.locator('ol')).toHaveCSS('direction', 'ltr')
      await expect(prose.locator('blockquote')).toHaveCSS('direction', 'rtl')
      await expect(prose.locator('table')).toHaveCSS('direction', 'rtl')
      await expect(prose.locator('code')).toHaveCSS('direction', 'ltr')
      await field(page).fill('שלום')
      await expect(field(page)).toHaveCSS('direction', 'rtl')
      await look(page, 'both-directions', colorScheme)
      await log.close()
    })
  })
}

for (const [name, settings] of [
  ['forced-colors', { forcedColors: 'active' }],
  ['more-contrast', { contrast: 'more' }],
  ['reduced-motion', { reducedMotion: 'reduce' }],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, in ${colorScheme}: what is said by colour and motion is still said`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, ...settings })
      const log = await openScriptedSession(page, 'How it looks')
      log.append(...run.begins('What time is it?'), run.says('It is **late**, see [here](https://example.com).'))
      await expect(liveAnswer(page)).toContainText('late')
      const line = liveAnswer(page).locator('.line')
      if (name === 'forced-colors') {
        const [drawn, ground] = await line.evaluate((element) => [
          getComputedStyle(element, '::after').backgroundColor,
          getComputedStyle(document.body).backgroundColor,
        ])
        expect(drawn).not.toBe(ground)
        await expect(page.locator('.user-words')).toHaveCSS('border-top-style', 'solid')
      }
      if (name === 'reduced-motion') {
        expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
      }
      await look(page, `${name}-live`, colorScheme)
      log.append(...run.ends('stop'))
      await expect(answers(page)).toHaveCount(1)
      await page.keyboard.press('ControlOrMeta+k')
      await expect(palette(page)).toBeVisible()
      await look(page, `${name}-palette`, colorScheme)
      await log.close()
    })
  }
}

test('the keyboard’s first stop leads past the sessions, and a deleted session leaves the focus at its neighbour', async ({
  page,
  startServer,
}) => {
  const server = await startServer({ env: DEMO })
  for (const text of ['First', 'Second', 'Third']) {
    await page.goto(server.url)
    await say(page, text)
    await expect(answers(page)).toHaveCount(1)
  }
  await page.goto(server.url)
  await field(page).blur()
  await page.evaluate(() => document.body.focus())
  const skip = page.getByRole('button', { name: 'Skip to the page' })
  await skip.focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await expect(skip).toBeFocused()
  await expect(skip).toHaveCSS('opacity', '1')
  await page.screenshot({ path: 'test-results/page/skip-link-1440.png' })
  await page.keyboard.press('Enter')
  await expect(field(page)).toBeFocused()

  const links = page.getByRole('navigation', { name: 'Sessions' }).getByRole('link')
  await expect(links).toHaveCount(3)
  const [, second, third] = await links.allTextContents()
  await page.getByRole('link', { name: second as string }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: `Delete ${second}` })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(links).toHaveCount(2)
  await expect(page.getByRole('link', { name: third as string })).toBeFocused()
})

test('a screen reader hears that an answer begins and that it is complete, and not each word', async ({ page }) => {
  const log = await openScriptedSession(page, 'Heard')
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    const live = [...document.querySelectorAll('[role="status"], [aria-live]:not([aria-live="off"])')]
    new MutationObserver(() => heard.push(live.map((element) => element.textContent).join(''))).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    })
  })
  log.append(...run.begins('Tell me'))
  await expect(liveAnswer(page)).toBeVisible()
  for (const word of ['One ', 'two ', 'three ', 'four.']) {
    log.append(run.says(word))
    await expect(liveAnswer(page)).toContainText(word.trim())
  }
  log.append(...run.ends('stop'))
  await expect(answers(page)).toHaveCount(1)
  const heard = await page.evaluate(() => [...new Set((window as unknown as { heard: string[] }).heard)].filter(Boolean))
  expect(heard).toEqual(['The answer is being written.', 'The answer is complete.'])
  await log.close()
})

test('everything fits from 360 to 3840 px', async ({ page }) => {
  const log = await openScriptedSession(page, 'All widths')
  log.append(...run.begins('Code, please'), run.says(WIDE_CODE), ...run.ends('stop'))
  await expect(answers(page)).toHaveCount(1)
  for (const width of [360, 420, 761, 1_024, 1_920, 2_560, 3_840]) {
    await page.setViewportSize({ width, height: Math.max(640, Math.round(width / 1.78)) })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await expect(field(page)).toBeInViewport({ ratio: 1 })
  }
  await page.screenshot({ path: 'test-results/page/widest-3840.png' })
  await log.close()
})
