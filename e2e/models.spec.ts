import type { Page } from '@playwright/test'
import { type ScriptedProvider, startProvider } from '../bench/lib/provider.ts'
import { expectNoViolations } from './axe.ts'
import { answers, test as base, expect, NETWORK_ERRORS, say } from './fixtures.ts'

/** A server of the test's own, and behind it a provider with these models beside the demo. */
const test = base.extend<{ serve: (models: string[]) => Promise<{ url: string; own: ScriptedProvider }> }>({
  serve: async ({ startServer }, use) => {
    const providers: ScriptedProvider[] = []
    await use(async (models) => {
      const own = await startProvider({ deltas: 3, perSecond: 100 })
      own.models = models
      providers.push(own)
      const { url } = await startServer({ env: { OPENAI_BASE_URL: own.url, RILL_DEMO_TOKENS_PER_SECOND: '1000' } })
      return { url, own }
    })
    await Promise.all(providers.map((provider) => provider.close()))
  },
})

const MANY = ['scripted', ...Array.from({ length: 12 }, (_, index) => `other-${index}`), 'text-embedding-x']
const button = (page: Page) => page.getByRole('button', { name: /^Model:/ })
const panel = (page: Page) => page.getByRole('dialog', { name: 'Model' })
const option = (page: Page, name: string) => panel(page).getByRole('option', { name, exact: true })

test('a model is chosen with the keyboard, answers from the next message on, and outlives a reload', async ({ page, context, serve }) => {
  const { url, own } = await serve(MANY)
  await page.goto(url)
  await say(page, 'First')
  await expect(answers(page)).toHaveCount(1)
  expect(own.lastAsked).toEqual({ model: 'scripted' })
  const other = await context.newPage()
  await other.goto(page.url())

  await button(page).focus()
  await page.keyboard.press('Enter')
  await expect(panel(page).getByRole('combobox', { name: 'Find a model' })).toBeFocused()
  await expect(option(page, 'text-embedding-x')).toHaveCount(0)
  await expect(panel(page).getByRole('option', { selected: true })).toHaveText('Default (scripted)')
  await page.keyboard.type('other-1')
  await expect(panel(page).getByRole('option')).toHaveText(['other-1', 'other-10', 'other-11'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(panel(page)).toBeHidden()
  await expect(button(page)).toBeFocused()
  await expect(button(page)).toHaveText('other-10')
  await expect(button(other)).toHaveText('other-10')

  await say(page, 'Second')
  await expect(answers(page)).toHaveCount(2)
  await expect(answers(page).nth(1).getByText('other-10', { exact: true })).toBeVisible()
  expect(own.lastAsked).toEqual({ model: 'other-10' })
  await page.reload()
  await expect(button(page)).toHaveText('other-10')
  await expect(answers(page).nth(0).getByText('scripted', { exact: true })).toBeVisible()
})

test('how much it thinks is chosen beside it, and goes to the provider', async ({ page, serve }) => {
  const { url, own } = await serve(['scripted'])
  await page.goto(url)
  await button(page).click()
  await expect(panel(page).getByRole('listbox', { name: 'Models' })).toBeFocused()
  await panel(page).getByRole('radio', { name: 'Default' }).focus()
  await page.keyboard.press('ArrowLeft')
  await expect(panel(page).getByRole('radio', { name: 'High' })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(panel(page)).toBeHidden()
  await expect(button(page)).toBeFocused()
  await expect(button(page)).toHaveAccessibleName(/reasoning high$/)
  await say(page, 'Think')
  await expect(answers(page)).toHaveCount(1)
  expect(own.lastAsked).toEqual({ model: 'scripted', reasoningEffort: 'high' })
  await page.reload()
  await expect(button(page)).toHaveAccessibleName('Model: scripted, reasoning high')
})

test('two choices at once go out one after the other, and both are shown all the while', async ({ page, serve }) => {
  const { url } = await serve(['scripted'])
  await page.goto(url)
  await say(page, 'First')
  await expect(answers(page)).toHaveCount(1)
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  const asked: unknown[] = []
  await page.route('**/api/sessions/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback()
    if (asked.push(route.request().postDataJSON()) === 2) await held
    return route.continue()
  })
  await button(page).click()
  await panel(page).getByText('High', { exact: true }).click()
  await option(page, 'Demo').click()
  await expect.poll(() => asked).toEqual([{ reasoningEffort: 'high' }, { model: 'demo/demo' }])
  await expect(button(page)).toHaveAccessibleName('Model: demo, reasoning high')
  const answered = page.waitForResponse((response) => response.request().method() === 'PATCH')
  answer()
  await answered
  await page.reload()
  await expect(button(page)).toHaveAccessibleName('Model: demo, reasoning high')
})

test('what is chosen before a session is there counts for it, and for the next one', async ({ page, serve }) => {
  const { url, own } = await serve(['scripted'])
  await page.goto(url)
  await button(page).click()
  await expect(panel(page).getByRole('listbox', { name: 'Models' })).toBeFocused()
  await page.keyboard.press('d')
  await page.keyboard.press('Enter')
  await expect(button(page)).toHaveText('demo')
  await page.reload()
  await expect(button(page)).toHaveText('demo')
  await say(page, 'What is 2 * 3?')
  await expect(page).toHaveURL(/\/chat\//)
  await expect(button(page)).toHaveText('demo')
  await expect(answers(page).getByText('demo', { exact: true })).toBeVisible()
  expect(own.lastAsked).toBeNull()
  await button(page).click()
  await option(page, 'scripted').click()
  await say(page, 'And now you')
  await expect(answers(page).nth(1).getByText('scripted', { exact: true })).toBeVisible()
  expect(own.lastAsked).toEqual({ model: 'scripted' })
})

test('a provider that does not answer says why, while the others are listed, and can be asked again', async ({ page, serve }) => {
  const { url, own } = await serve(['scripted', 'newcomer'])
  own.listFailure = 503
  await page.goto(url)
  await button(page).click()
  const reasons = panel(page).getByRole('list', { name: 'Not answering' })
  await expect(reasons).toContainText('Model server: The model server has a problem of its own or is overloaded. Try again in a moment.')
  await expect(option(page, 'Demo')).toBeVisible()
  await page.setViewportSize({ width: 360, height: 720 })
  await page.screenshot({ path: 'test-results/models-reason.png', animations: 'disabled' })
  await expectNoViolations(page)
  own.listFailure = null
  // What failed is asked again only after a moment.
  await expect(async () => {
    await panel(page).getByRole('button', { name: 'Try again' }).click()
    await expect(option(page, 'newcomer')).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 20_000 })
  await expect(reasons).toHaveCount(0)
})

test.describe('what stands in the way', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('a network that is gone is said, and what was listed stays', async ({ page, context, serve }) => {
    const { url } = await serve(['scripted'])
    await page.goto(url)
    await button(page).click()
    await expect(option(page, 'scripted')).toBeVisible()
    await page.keyboard.press('Escape')
    await context.setOffline(true)
    await button(page).click()
    await expect(panel(page).getByRole('list', { name: 'Not answering' })).toHaveText('Models: The server cannot be reached.')
    await expect(option(page, 'scripted')).toBeVisible()
    await context.setOffline(false)
    await panel(page).getByRole('button', { name: 'Try again' }).click()
    await expect(panel(page).getByRole('list', { name: 'Not answering' })).toHaveCount(0)
  })

  test('a part of the page that is not loaded yet says that it cannot be, leaves the page as it is, and comes later', async ({
    page,
    context,
    serve,
  }) => {
    const { url } = await serve(['scripted'])
    await page.goto(url)
    await page.getByLabel('Message').fill('half a thought')
    await context.setOffline(true)
    await button(page).click()
    await expect(panel(page).getByRole('alert')).toContainText('This could not be loaded. Check the network.')
    await context.setOffline(false)
    await panel(page).getByRole('button', { name: 'Try again' }).click()
    await expect(option(page, 'scripted')).toBeVisible()
    await expect(page.getByLabel('Message')).toHaveValue('half a thought')
  })

  test('a model that was chosen once and is not configured any more is in the way of one message only', async ({ page, serve }) => {
    const { url } = await serve(['scripted'])
    await page.addInitScript(() => {
      if (sessionStorage.getItem('seen')) return
      sessionStorage.setItem('seen', 'yes')
      localStorage.setItem('rill:model', '{"model":"anthropic/claude-x","reasoningEffort":null}')
    })
    await page.goto(url)
    await expect(button(page)).toHaveText('claude-x')
    await say(page, 'Hello')
    await expect(page.getByRole('alert').filter({ hasText: '"anthropic/claude-x" is not configured here' })).toBeVisible()
    await expect(button(page)).toHaveText('default')
    await expect(page.getByLabel('Message')).toHaveValue('Hello')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(answers(page)).toHaveCount(1)
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the picker fits 360 px, and axe finds nothing, in ${colorScheme}`, async ({ page, serve }) => {
    await page.emulateMedia({ colorScheme })
    const { url } = await serve(MANY)
    await page.goto(url)
    await button(page).click()
    await expect(option(page, 'other-3')).toBeVisible()
    await page.setViewportSize({ width: 1280, height: 860 })
    await page.screenshot({ path: `test-results/models-wide-${colorScheme}.png`, animations: 'disabled' })
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 360, height: 720 })
    await button(page).click()
    await option(page, 'other-3').hover()
    await page.screenshot({ path: `test-results/models-narrow-${colorScheme}.png`, animations: 'disabled' })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    const box = await panel(page).boundingBox()
    expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true)
    await expectNoViolations(page)
    await panel(page).getByRole('combobox').fill('nothing is called that')
    await expect(panel(page).getByText('No model is called that.')).toBeVisible()
    await expectNoViolations(page)
  })
}
