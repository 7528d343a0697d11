import type { Locator, Page } from '@playwright/test'
import { type ScriptedProvider, startProvider } from '../bench/lib/provider.ts'
import { answers, test as base, expect, liveAnswer, say } from './fixtures.ts'
import { look } from './looks.ts'

/** A server whose provider offers two models. */
const test = base.extend<{ scripted: { url: string; provider: ScriptedProvider } }>({
  scripted: async ({ startServer }, use) => {
    const provider = await startProvider({ deltas: 20, perSecond: 200 })
    provider.models = ['scripted', 'another']
    const { url } = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
    await use({ url, provider })
    await provider.close()
  },
})

const more = (page: Page): Locator => answers(page).last().getByRole('button', { name: 'More', exact: true })
const menu = (page: Page): Locator => page.getByRole('menu', { name: 'More' })
const item = (page: Page, name: string): Locator =>
  menu(page).getByRole(/^(Show|Good|Bad)/.test(name) ? 'menuitemcheckbox' : 'menuitem', { name })

async function choose(page: Page, name: string): Promise<void> {
  await more(page).click()
  await item(page, name).click()
  await expect(menu(page)).toBeHidden()
}

/** Selects an element's text, as a pointer would. */
async function select(element: Locator): Promise<void> {
  await element.evaluate((one) => getSelection()?.selectAllChildren(one))
}

test('the menu of an answer is gone through with the keyboard, and gives the focus back', async ({ page, demo }) => {
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')
  await expect(menu(page)).toHaveCount(0)

  await more(page).focus()
  await page.keyboard.press('Enter')
  await expect(item(page, 'Good answer')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(item(page, 'Copy as plain text')).toBeFocused()
  await page.keyboard.press('End')
  await expect(item(page, 'Delete this question and its answer')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(item(page, 'Good answer')).toBeFocused()
  await page.keyboard.press('w')
  await expect(item(page, 'What it cost')).toBeFocused()
  await expect(more(page)).toHaveAttribute('aria-expanded', 'true')
  await look(page, 'menu')
  await page.keyboard.press('Escape')
  await expect(menu(page)).toHaveCount(0)
  await expect(more(page)).toBeFocused()
  await expect(more(page)).toHaveAttribute('aria-expanded', 'false')

  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(menu(page)).toHaveCount(0)
  await expect(more(page)).toBeFocused()

  await more(page).click()
  await expect(menu(page)).toBeVisible()
  await page.mouse.click(300, 60)
  await expect(menu(page)).toHaveCount(0)
  await expect(more(page)).toBeFocused()

  await page.keyboard.press('Enter')
  await page.keyboard.press('w')
  await page.keyboard.press('Enter')
  const cost = page.getByRole('dialog', { name: 'What it cost' })
  await expect(cost.getByRole('button', { name: 'Close' })).toBeFocused()
  await expect(cost).toContainText('Modeldemo')
  await expect(cost).toContainText(/Tokens in\d+/)
  await expect(cost).toContainText(/Tokens out\d+/)
  await look(page, 'cost')
  await page.keyboard.press('Enter')
  await expect(cost).toHaveCount(0)
  await expect(more(page)).toBeFocused()
})

test('an answer is copied as markdown and as plain text, and shown as it was written', async ({ page, context, demo }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await page.goto(demo.url)
  await say(page, 'A list and some code, please')
  await expect(answers(page)).toContainText('demo model')
  await answers(page).getByRole('button', { name: 'Copy answer' }).click()
  await expect.poll(clipboard).toContain('**demo model**')
  const markdown = await clipboard()

  await choose(page, 'Copy as plain text')
  await expect(answers(page).getByRole('status')).toHaveText('Copied')
  await expect.poll(clipboard).toContain("Rill's demo model")
  expect(await clipboard()).not.toMatch(/\*\*demo|```/)

  await choose(page, 'Show the raw markdown')
  const raw = answers(page).locator('.raw-markdown')
  await expect(raw).toContainText('**demo model**')
  await expect(answers(page).locator('.prose')).toHaveCount(0)
  await select(raw)
  expect(await page.evaluate(() => getSelection()?.toString().trim())).toBe(markdown.trim())
  await page.evaluate(() => getSelection()?.removeAllRanges())
  await look(page, 'raw')
  await more(page).click()
  await expect(item(page, 'Show the raw markdown')).toHaveAttribute('aria-checked', 'true')
  await item(page, 'Show the raw markdown').click()
  await expect(raw).toHaveCount(0)
  await expect(answers(page).locator('.prose')).toHaveCount(1)
})

test('what is selected is quoted into the field, from beside it and from the menu', async ({ page, demo }) => {
  const field = page.getByLabel('Message', { exact: true })
  const quote = page.getByRole('button', { name: 'Quote', exact: true })
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')
  const words = answers(page).locator('.prose p').first()
  const text = ((await words.textContent()) ?? '').trim()
  await more(page).click()
  await expect(item(page, 'Quote the selection')).toHaveAttribute('aria-disabled', 'true')
  await page.keyboard.press('Escape')

  await words.click({ clickCount: 3 })
  await expect(quote).toBeVisible()
  await look(page, 'quote')
  await quote.click()
  await expect(field).toHaveValue(`> ${text}\n\n`)
  await expect(field).toBeFocused()
  await expect(quote).toHaveCount(0)
  await page.keyboard.type('Why?')

  await select(words)
  await choose(page, 'Quote the selection')
  await expect(field).toHaveValue(`> ${text}\n\nWhy?\n\n> ${text}\n\n`)
  await expect(field).toBeFocused()
  await page.reload()
  await expect(field).toHaveValue(`> ${text}\n\nWhy?\n\n> ${text}\n\n`)

  await select(page.getByRole('article', { name: 'You', exact: true }))
  await expect(quote).toHaveCount(0)
  await words.scrollIntoViewIfNeeded()
  await select(words)
  await expect(quote).toBeVisible()
  await page.evaluate(() => getSelection()?.removeAllRanges())
  await expect(quote).toHaveCount(0)
})

test('an answer is read aloud sentence by sentence, until it is stopped', async ({ page, demo }) => {
  await page.addInitScript(() => {
    const spoken: SpeechSynthesisUtterance[] = []
    const fake = { speak: (one: SpeechSynthesisUtterance) => spoken.push(one), cancel: () => {} }
    Object.defineProperty(window, 'speechSynthesis', { value: fake })
    Object.assign(window, { spoken })
  })
  const spoken = () => page.evaluate(() => (window as unknown as { spoken: SpeechSynthesisUtterance[] }).spoken.map(({ text }) => text))
  const ends = (type: 'end' | 'error') =>
    page.evaluate((name) => {
      const last = (window as unknown as { spoken: SpeechSynthesisUtterance[] }).spoken.at(-1)
      last?.dispatchEvent(new Event(name))
    }, type)
  await page.goto(demo.url)
  await say(page, 'Some code, please')
  await expect(answers(page)).toContainText('demo model')
  const stop = answers(page).getByRole('button', { name: 'Stop reading' })
  await choose(page, 'Read aloud')
  await expect(stop).toBeVisible()
  expect(await spoken()).toHaveLength(1)
  await ends('end')
  expect(await spoken()).toHaveLength(2)
  expect((await spoken())[1]).toContain("I am Rill's demo model")
  await look(page, 'read-aloud')
  await stop.click()
  await expect(stop).toHaveCount(0)
  await ends('end')
  expect(await spoken()).toHaveLength(2)

  await choose(page, 'Read aloud')
  await choose(page, 'Stop reading')
  await expect(stop).toHaveCount(0)
  await choose(page, 'Read aloud')
  await ends('error')
  await expect(answers(page).getByRole('alert')).toHaveText('This browser could not read it aloud.')
})

test('a browser without a voice is not asked to read', async ({ page, demo }) => {
  await page.addInitScript(() => Object.defineProperty(window, 'speechSynthesis', { value: undefined }))
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')
  await more(page).click()
  await expect(item(page, 'Copy as plain text')).toBeVisible()
  await expect(item(page, 'Read aloud')).toHaveCount(0)
})

test('a rating is seen in every tab, outlives a reload, and is taken back', async ({ page, context, demo }) => {
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')
  const other = await context.newPage()
  await other.goto(page.url())
  await choose(page, 'Good answer')
  const mark = (tab: Page, name: string) => answers(tab).getByRole('button', { name })
  await expect(mark(page, 'Rated good')).toBeVisible()
  await expect(mark(other, 'Rated good')).toBeVisible()
  await look(page, 'rated')
  await choose(other, 'Bad answer')
  await expect(mark(page, 'Rated bad')).toBeVisible()
  await page.reload()
  await expect(mark(page, 'Rated bad')).toBeVisible()
  await more(page).click()
  await expect(item(page, 'Bad answer')).toHaveAttribute('aria-checked', 'true')
  await page.keyboard.press('Escape')
  await mark(page, 'Rated bad').click()
  for (const tab of [page, other]) await expect(tab.getByRole('button', { name: /^Rated/ })).toHaveCount(0)
  await expect(more(page)).toBeFocused()
})

test('a question and its answer are deleted and brought back, in every tab', async ({ page, context, demo }) => {
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')
  await say(page, 'What is 6 * 8?')
  await expect(answers(page)).toHaveCount(2)
  const other = await context.newPage()
  await other.goto(page.url())
  await choose(page, 'Delete this question and its answer')
  for (const tab of [page, other]) {
    await expect(answers(tab)).toHaveCount(1)
    await expect(tab.getByRole('article', { name: 'You', exact: true })).toHaveText('What is 6 * 7?')
  }
  const undo = page.getByRole('button', { name: 'Undo' })
  await expect(undo).toBeFocused()
  await expect(other.getByRole('button', { name: 'Undo' })).toHaveCount(0)
  await look(page, 'deleted')
  await page.keyboard.press('Enter')
  for (const tab of [page, other]) {
    await expect(answers(tab)).toHaveCount(2)
    await expect(answers(tab).last()).toContainText('48')
  }
  await expect(undo).toHaveCount(0)
  await expect(page.getByLabel('Message', { exact: true })).toBeFocused()
})

test('another model gives the answer again, on a branch of its own, in every tab', async ({ page, context, scripted }) => {
  await page.goto(scripted.url)
  await say(page, 'Count')
  await expect(answers(page)).toContainText('w19')
  const other = await context.newPage()
  await other.goto(page.url())
  await more(page).click()
  await item(page, 'Regenerate with another model').click()
  const models = page.getByRole('dialog', { name: 'Regenerate with another model' })
  await expect(models.getByRole('option', { selected: true })).toHaveText('scripted')
  await look(page, 'other-model')
  await models.getByRole('option', { name: 'another' }).click()
  await expect(models).toHaveCount(0)
  for (const tab of [page, other]) {
    await expect(tab.getByRole('group', { name: 'Versions' })).toHaveText('2 / 2')
    await expect(answers(tab).getByText('another', { exact: true })).toBeVisible()
  }
  expect(scripted.provider.lastAsked).toMatchObject({ model: 'another' })
  await expect(page.getByRole('button', { name: 'Model: scripted' })).toBeVisible()
  await page.getByRole('button', { name: 'Previous version' }).click()
  await expect(answers(other).getByText('scripted', { exact: true })).toBeVisible()
})

test('an answer that was stopped is gone on with', async ({ page, provider }) => {
  const release = provider.hold(5)
  await page.goto('/')
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w4')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(answers(page)).toContainText('Stopped')
  release()
  await more(page).click()
  await expect(item(page, 'What it cost')).toBeVisible()
  await page.keyboard.press('Escape')
  await answers(page).getByRole('button', { name: 'Continue' }).click()
  await expect(answers(page)).toHaveCount(2)
  await expect(answers(page).last()).toContainText(provider.text.trim())
})
