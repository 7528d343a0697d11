import { rmSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { type ScriptedProvider, startProvider } from '../bench/lib/provider.ts'
import { startRill } from '../bench/lib/server.ts'
import { newDataFolder } from './data-folder.ts'
import { answers, expect, NETWORK_ERRORS, say, test } from './fixtures.ts'
import { lookHere, SIZES } from './looks.ts'

interface Served {
  url: string
  own: ScriptedProvider
}

/** One server for all tests of a group, and behind it a provider with these models beside the demo. */
function serving(models: string[]): Served {
  const served = {} as Served & { close(): Promise<void> }
  test.beforeAll(async () => {
    const own = await startProvider({ deltas: 3, perSecond: 100 })
    own.models = models
    const dataFolder = newDataFolder()
    const server = await startRill({ dataFolder, env: { OPENAI_BASE_URL: own.url, RILL_DEMO_TOKENS_PER_SECOND: '1000' } })
    const close = async () => {
      await server.stop()
      await own.close()
      rmSync(dataFolder, { recursive: true })
    }
    Object.assign(served, { url: server.url, own, close })
  })
  test.beforeEach(() => {
    served.own.lastAsked = null
  })
  test.afterAll(() => served.close())
  return served
}

const MANY = ['scripted', ...Array.from({ length: 12 }, (_, index) => `other-${index}`), 'text-embedding-x']
const button = (page: Page) => page.getByRole('button', { name: /^Model:/ })
const panel = (page: Page) => page.getByRole('dialog', { name: 'Model' })
const option = (page: Page, name: string) => panel(page).getByRole('option', { name, exact: true })

test.describe('with many models', () => {
  const served = serving(MANY)

  test('a model is chosen with the keyboard, answers from the next message on, and outlives a reload', async ({ page, context }) => {
    await page.goto(served.url)
    await say(page, 'First')
    await expect(answers(page)).toHaveCount(1)
    expect(served.own.lastAsked).toEqual({ model: 'scripted' })
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
    expect(served.own.lastAsked).toEqual({ model: 'other-10' })
    await page.reload()
    await expect(button(page)).toHaveText('other-10')
    await expect(answers(page).nth(0).getByText('scripted', { exact: true })).toBeVisible()
  })

  test('the picker fits 360 px, and axe finds nothing', async ({ page }) => {
    await page.goto(served.url)
    await button(page).click()
    await expect(option(page, 'other-3')).toBeVisible()
    for (const size of SIZES) {
      await page.setViewportSize(size)
      await page.keyboard.press('Escape')
      await button(page).click()
      await option(page, 'other-3').hover()
      const box = await panel(page).boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= size.width).toBe(true)
      await lookHere(page, 'models')
      await panel(page).getByRole('combobox').fill('nothing is called that')
      await expect(panel(page).getByText('No model is called that.')).toBeVisible()
      await lookHere(page, 'models-none')
    }
  })
})

test.describe('with one model', () => {
  const served = serving(['scripted'])

  test('how much it thinks is chosen beside it, and goes to the provider', async ({ page }) => {
    await page.goto(served.url)
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
    expect(served.own.lastAsked).toEqual({ model: 'scripted', reasoningEffort: 'high' })
    await page.reload()
    await expect(button(page)).toHaveAccessibleName('Model: scripted, reasoning high')
  })

  test('two choices at once go out one after the other, and both are shown all the while', async ({ page }) => {
    await page.goto(served.url)
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

  test('what is chosen before a session is there counts for it, and for the next one', async ({ page }) => {
    await page.goto(served.url)
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
    expect(served.own.lastAsked).toBeNull()
    await button(page).click()
    await option(page, 'scripted').click()
    await say(page, 'And now you')
    await expect(answers(page).nth(1).getByText('scripted', { exact: true })).toBeVisible()
    expect(served.own.lastAsked).toEqual({ model: 'scripted' })
  })

  test.describe('what stands in the way', () => {
    test.use({ expectedErrors: NETWORK_ERRORS })

    test('a network that is gone is said, and what was listed stays', async ({ page, context }) => {
      await page.goto(served.url)
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

    test('a part of the page that is not loaded yet says that it cannot be, leaves the page as it is, and comes with the network', async ({
      page,
      context,
    }) => {
      await page.goto(served.url)
      await page.getByLabel('Message').fill('half a thought')
      await context.setOffline(true)
      await button(page).click()
      await expect(panel(page).getByRole('alert')).toContainText('This could not be loaded. Check the network.')
      await context.setOffline(false)
      await expect(option(page, 'scripted')).toBeVisible()
      await expect(page.getByLabel('Message')).toHaveValue('half a thought')
    })

    test('a model that was chosen once and is not configured any more is in the way of one message only', async ({ page }) => {
      await page.addInitScript(() => {
        if (sessionStorage.getItem('seen')) return
        sessionStorage.setItem('seen', 'yes')
        localStorage.setItem('rill:model', '{"model":"anthropic/claude-x","reasoningEffort":null}')
      })
      await page.goto(served.url)
      await expect(button(page)).toHaveText('claude-x')
      await say(page, 'Hello')
      await expect(page.getByRole('alert').filter({ hasText: '"anthropic/claude-x" is not configured here' })).toBeVisible()
      // The server's choice: its name is known once it has answered.
      await expect(button(page)).toHaveText(/^(default|scripted)$/)
      await expect(page.getByLabel('Message')).toHaveValue('Hello')
      await page.getByRole('button', { name: 'Send' }).click()
      await expect(answers(page)).toHaveCount(1)
    })
  })
})

test.describe('with a provider that fails at first', () => {
  const served = serving(['scripted', 'newcomer'])

  test('a provider that does not answer says why, while the others are listed, and can be asked again', async ({ page }) => {
    served.own.listFailure = 503
    await page.goto(served.url)
    await button(page).click()
    const reasons = panel(page).getByRole('list', { name: 'Not answering' })
    await expect(reasons).toContainText('Model server: The model server has a problem of its own or is overloaded. Try again in a moment.')
    await expect(option(page, 'Demo')).toBeVisible()
    await page.setViewportSize({ width: 360, height: 720 })
    await lookHere(page, 'models-reason')
    served.own.listFailure = null
    // What failed is asked again only after a moment.
    await expect(async () => {
      await panel(page).getByRole('button', { name: 'Try again' }).click()
      await expect(option(page, 'newcomer')).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 20_000 })
    await expect(reasons).toHaveCount(0)
  })
})
