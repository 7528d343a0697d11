import type { Page } from '@playwright/test'
import { answers, expect, liveAnswer, NETWORK_ERRORS, openWithoutScripts, say, test } from './fixtures.ts'

const card = (page: Page) => page.getByRole('group', { name: 'everything · echo waits for your approval' })
const rows = (page: Page) => page.locator('.tool-head')
const ECHO = 'use everything__echo {"message": "hello"}'

/** Opens a session in which the tool `echo` waits for a person. */
async function startAsking(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await say(page, ECHO)
  await expect(card(page)).toContainText('hello')
}

test('a call is approved in one tab, goes from the other, and runs with what was shown', async ({ page, context, withTools }) => {
  await startAsking(page, withTools.url)
  const other = await context.newPage()
  await other.goto(page.url())
  await expect(card(other)).toBeVisible()
  await expect(other).toHaveTitle(/^Waits for you/)
  await expect(other.getByRole('navigation').getByText('(waits for you)')).toHaveCount(1)
  await card(page).getByRole('button', { name: 'Approve' }).click()
  for (const tab of [page, other]) {
    await expect(card(tab)).toHaveCount(0)
    await expect(answers(tab)).toContainText('Echo: hello')
    await expect(tab).not.toHaveTitle(/Waits for you/)
    await expect(tab.getByRole('navigation').getByText('(waits for you)')).toHaveCount(0)
  }
})

test('what is approved before the page has its scripts counts', async ({ page, context, withTools }) => {
  await startAsking(page, withTools.url)
  const other = await context.newPage()
  const letGo = await openWithoutScripts(other, page.url())
  await card(other).getByRole('button', { name: 'Approve' }).click()
  await letGo()
  await expect(answers(other)).toContainText('Echo: hello')
})

test('a call is denied with a reason, which the model and the reader are told', async ({ page, withTools }) => {
  await startAsking(page, withTools.url)
  await card(page).getByRole('button', { name: 'Deny…' }).click()
  await page.keyboard.type('Not this one.')
  // As Safari tells of the Enter that ends a composition.
  await card(page).getByLabel('Why not, for the model (optional)').dispatchEvent('keydown', { key: 'Enter', keyCode: 229 })
  await expect(card(page).getByRole('button', { name: 'Deny', exact: true })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(answers(page)).toContainText('Not this one.')
  await expect(page.getByText('Resumed after the server restarted')).toHaveCount(0)
  await rows(page).first().click()
  await expect(page.locator('.tool-details')).toContainText('Not this one.')
})

test.describe('a killed server', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('still asks when it is back, and takes the answer from a second tab', async ({ page, context, withTools }) => {
    await startAsking(page, withTools.url)
    await withTools.restart()
    const other = await context.newPage()
    await other.goto(page.url())
    await card(other).getByRole('button', { name: 'Approve' }).click()
    for (const tab of [page, other]) {
      await expect(card(tab)).toHaveCount(0)
      await expect(answers(tab)).toContainText('Echo: hello')
    }
    // No worker had it, so none was lost.
    await expect(page.getByText('Resumed after the server restarted')).toHaveCount(0)
  })

  test('one decision wins: who is late is told so', async ({ page, context, withTools }) => {
    await startAsking(page, withTools.url)
    const late = await context.newPage()
    // It hears nothing of the other's decision.
    await late.route('**/events?*', () => undefined)
    await late.goto(page.url())
    await expect(card(late)).toBeVisible()
    await card(page).getByRole('button', { name: 'Approve' }).click()
    await expect(answers(page)).toContainText('Echo: hello')
    await card(late).getByRole('button', { name: 'Approve' }).click()
    await expect(card(late)).toContainText('Someone decided this already.')
  })
})

test('what is remembered for the session is not asked again', async ({ page, withTools }) => {
  await startAsking(page, withTools.url)
  await card(page).getByLabel('Remember').selectOption('this session')
  await card(page).getByRole('button', { name: 'Approve' }).click()
  await expect(answers(page)).toHaveCount(1)
  await say(page, 'use everything__echo {"message": "again"}')
  await expect(answers(page)).toHaveCount(2)
  await expect(answers(page).nth(1)).toContainText('Echo: again')
})

test('what was decided for always stands under Tools, and is asked about again once it is taken back', async ({ page, withTools }) => {
  await startAsking(page, withTools.url)
  await card(page).getByLabel('Remember').selectOption('always')
  await card(page).getByRole('button', { name: 'Deny…' }).click()
  await page.keyboard.press('Enter')
  await expect(answers(page)).toHaveCount(1)
  await page.getByRole('button', { name: /^Tools/ }).click()
  const decided = page.getByRole('list', { name: 'What you decided' }).getByRole('listitem')
  await expect(decided).toHaveText(/everything · echo.*always refused/)
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 800 })
    await page.screenshot({ path: `test-results/decisions-${width}.png`, animations: 'disabled' })
  }
  await decided.getByRole('button', { name: 'Ask again about everything · echo' }).click()
  await expect(decided).toHaveCount(0)
  await page.keyboard.press('Escape')
  await say(page, ECHO)
  await expect(card(page)).toBeVisible()
})

test('Stop works while it waits, and so does the next message', async ({ page, withTools }) => {
  await startAsking(page, withTools.url)
  await say(page, 'What is 2 * 3?')
  await expect(page.getByRole('list', { name: 'What waits' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(card(page)).toHaveCount(0)
  await expect(answers(page).nth(0)).toContainText('Stopped')
  await expect(answers(page).nth(1)).toContainText('6')
})

test('a running tool asks for something: the form is filled in, and it goes on with that', async ({ page, withTools }) => {
  await page.goto(withTools.url)
  await say(page, 'use everything__trigger-elicitation-request {}')
  const form = page.getByRole('group', { name: 'everything · trigger-elicitation-request asks you' })
  await form.getByRole('textbox').first().fill('Ada')
  await form.getByRole('button', { name: 'Submit' }).click()
  await expect(form).toHaveCount(0)
  await expect(answers(page)).toHaveCount(1)
  await rows(page).first().click()
  await expect(page.locator('.tool-details')).toContainText('Name: Ada')
})

test('images of a server are shown from the app itself, progress while it comes, and the servers in their panel', async ({
  page,
  withTools,
}) => {
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(withTools.url)) elsewhere.push(request.url())
  })
  await page.goto(withTools.url)
  await say(page, 'use everything__trigger-long-running-operation {"duration": 4, "steps": 8}')
  await expect(liveAnswer(page).getByRole('progressbar')).toHaveAttribute('max', '8')
  await expect(answers(page)).toHaveCount(1)
  await say(page, 'use everything__get-tiny-image {}')
  await expect(answers(page)).toHaveCount(2)
  await rows(page).last().click()
  const image = page.getByRole('img', { name: 'From the tool' })
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(0)
  expect(await image.getAttribute('src')).toMatch(/^\/api\/files\//)
  await page.getByRole('button', { name: /^Tools \d+$/ }).click()
  const panel = page.getByRole('dialog', { name: 'Tools' })
  await expect(panel.getByRole('listitem')).toContainText(['everything'])
  await expect(panel.getByRole('listitem')).toContainText(['ready'])
  await panel.getByRole('button', { name: 'Close' }).click()
  await expect(panel).toHaveCount(0)
  const tools = page.getByRole('button', { name: /^Tools \d+$/ })
  await expect(tools).toBeFocused()
  await tools.press('Enter')
  await expect(panel).toBeVisible()
  await page.mouse.click(2, 2)
  await expect(panel).toHaveCount(0)
  await expect(tools).toBeFocused()
  expect(elsewhere).toEqual([])
})
