import type { Page } from '@playwright/test'
import { answers, expect, liveAnswer, NETWORK_ERRORS, say, test } from './fixtures.ts'

const waiting = (page: Page) => page.getByRole('list', { name: 'What waits' }).getByRole('listitem')
const waitingTexts = (page: Page) => waiting(page).locator('.queue-text')
const userWords = (page: Page) => page.getByRole('article', { name: 'You', exact: true })

async function steer(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text)
  await page.getByLabel('Message').press('Control+Enter')
}

/** Opens a session whose answer stands still after its first words, until the function that it returns is called. */
async function startHeldAnswer(page: Page, provider: { hold(deltas: number): () => void }): Promise<() => void> {
  const release = provider.hold(10)
  await page.goto('/')
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w9')
  return release
}

test('Enter queues, Ctrl+Enter steers: both are seen in every tab, and heard in their turn', async ({ page, context, provider }) => {
  const release = await startHeldAnswer(page, provider)
  await expect(page.getByText('Enter queues · Ctrl+Enter steers')).toBeVisible()
  await say(page, 'after this')
  await steer(page, 'listen')
  const other = await context.newPage()
  await other.goto(page.url())
  for (const tab of [page, other]) await expect(waiting(tab)).toHaveText(['Nextafter this', 'Steerlisten'])
  release()
  for (const tab of [page, other]) {
    await expect(answers(tab)).toHaveCount(2)
    await expect(answers(tab).nth(0).getByRole('article', { name: 'You, meanwhile' })).toHaveText('listen')
    await expect(userWords(tab)).toHaveText(['Count', 'after this'])
    await expect(waiting(tab)).toHaveCount(0)
  }
  await steer(page, 'nothing runs now')
  await expect(answers(page)).toHaveCount(3)
  await expect(userWords(page)).toHaveText(['Count', 'after this', 'nothing runs now'])
})

test('what waits is edited, moved, removed and told at once, from any tab', async ({ page, context, provider }) => {
  const release = await startHeldAnswer(page, provider)
  for (const text of ['one', 'two', 'three', 'four']) await say(page, text)
  await expect(waitingTexts(page)).toHaveText(['one', 'two', 'three', 'four'])
  const other = await context.newPage()
  await other.goto(page.url())

  await other.getByRole('button', { name: 'Edit “two”' }).click()
  await other.getByLabel('Edit what waits').fill('two, but better')
  await other.getByLabel('Edit what waits').press('Enter')
  await expect(waitingTexts(page)).toHaveText(['one', 'two, but better', 'three', 'four'])

  await waitingTexts(page).nth(2).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await page.keyboard.press('Alt+ArrowUp')
  await expect(waitingTexts(other)).toHaveText(['three', 'one', 'two, but better', 'four'])
  await waitingTexts(other).nth(0).click()
  await other.getByRole('button', { name: 'Move down' }).click()
  await expect(waitingTexts(page)).toHaveText(['one', 'three', 'two, but better', 'four'])

  await page.getByRole('button', { name: 'Remove “one”' }).click()
  await expect(waitingTexts(other)).toHaveText(['three', 'two, but better', 'four'])

  await waitingTexts(page).nth(2).click()
  await page.getByRole('button', { name: 'Steer with it now' }).click()
  await expect(waiting(other).nth(2)).toContainText('Steer')

  release()
  await expect(answers(page)).toHaveCount(3)
  await expect(userWords(page)).toHaveText(['Count', 'three', 'two, but better'])
  await expect(answers(page).nth(0).getByRole('article', { name: 'You, meanwhile' })).toHaveText('four')
})

test('what is being edited when its turn comes goes to the field, and no word is lost', async ({ page, provider }) => {
  const release = await startHeldAnswer(page, provider)
  await say(page, 'draft')
  await page.getByRole('button', { name: 'Edit “draft”' }).click()
  await page.getByLabel('Edit what waits').fill('draft, and more')
  await page.reload()
  await expect(page.getByLabel('Edit what waits')).toHaveValue('draft, and more')
  release()
  await expect(page.getByLabel('Message')).toHaveValue('draft, and more')
  await expect(page.getByText('Its turn came before it was saved.')).toBeVisible()
  await expect(userWords(page)).toHaveText(['Count', 'draft'])
})

test('words of an edit outlive a press on Edit elsewhere, and the time in which they are saved', async ({ page, provider }) => {
  const release = await startHeldAnswer(page, provider)
  for (const text of ['one', 'two']) await say(page, text)
  await expect(waitingTexts(page)).toHaveText(['one', 'two'])
  const editOne = page.getByRole('button', { name: 'Edit “one”' })
  const editTwo = page.getByRole('button', { name: 'Edit “two”' })
  const field = page.getByLabel('Edit what waits')
  await editOne.click()
  // Nothing was written yet: another may take its place.
  await editTwo.click()
  await expect(field).toHaveValue('two')
  await field.fill('two, and more')
  await expect(editOne).toHaveAttribute('aria-disabled', 'true')
  await editOne.press('Enter')
  await expect(field).toHaveValue('two, and more')

  let answer = () => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  await page.route('**/queue/*', async (route) => {
    await asked
    await route.continue()
  })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Saving…' })).toBeVisible()
  await field.press('Escape')
  await editOne.press('Enter')
  await expect(field).toHaveValue('two, and more')
  await field.focus()
  answer()
  await expect(field).toHaveCount(0)
  await expect(waitingTexts(page)).toHaveText(['one', 'two, and more'])
  await expect(page.getByRole('button', { name: 'Edit “two, and more”' })).toBeFocused()
  await editOne.click()
  await expect(field).toHaveValue('one')
  await field.press('Escape')
  await expect(editOne).toBeFocused()
  release()
})

test.describe('a network that is away', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('an edit that cannot be saved is kept, and saved again', async ({ page, context, provider }) => {
    const release = await startHeldAnswer(page, provider)
    await say(page, 'draft')
    await page.getByRole('button', { name: 'Edit “draft”' }).click()
    await page.getByLabel('Edit what waits').fill('better')
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('The server cannot be reached. What you wrote is kept.')).toBeVisible()
    await context.setOffline(false)
    const saved = page.waitForResponse((response) => response.request().method() === 'PATCH')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(waitingTexts(page)).toHaveText(['better'])
    // It is shown before it is saved, and its turn must not come first.
    expect((await saved).ok()).toBe(true)
    release()
    await expect(answers(page)).toHaveCount(2)
    await expect(userWords(page)).toHaveText(['Count', 'better'])
  })

  test('what waits, in its order and its mode, survives a killed server', async ({ page, provider, startServer }) => {
    const options = { env: { OPENAI_BASE_URL: provider.url } }
    const server = await startServer(options)
    const release = provider.hold(10)
    await page.goto(server.url)
    await say(page, 'Count')
    await expect(liveAnswer(page)).toContainText('w9')
    await say(page, 'second')
    await say(page, 'first')
    await steer(page, 'meanwhile')
    await expect(waitingTexts(page)).toHaveText(['second', 'first', 'meanwhile'])
    await waitingTexts(page).nth(1).focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect(waitingTexts(page)).toHaveText(['first', 'second', 'meanwhile'])
    await expect(page.locator('[data-asked]')).toHaveCount(0)
    await page.reload()
    await expect(waitingTexts(page)).toHaveText(['first', 'second', 'meanwhile'])
    await server.stop('SIGKILL')
    await startServer({ ...options, dataFolder: server.dataFolder, port: server.port })
    // Who takes the run over begins a step, and hears what waits for one.
    await expect(liveAnswer(page).getByRole('article', { name: 'You, meanwhile' })).toHaveText('meanwhile')
    await expect(waiting(page)).toHaveText(['Nextfirst', 'Nextsecond'])
    release()
    await expect(answers(page)).toHaveCount(3)
    await expect(userWords(page)).toHaveText(['Count', 'first', 'second'])
  })
})
