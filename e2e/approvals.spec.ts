import type { Page, Route } from '@playwright/test'
import type { ApprovalRequest } from '#lib/protocol/index.ts'
import { expect, liveAnswer, NETWORK_ERRORS, test } from './fixtures.ts'
import { openScriptedSession, run, type ScriptedLog } from './scripted-log.ts'

const card = (page: Page) => page.getByRole('group', { name: 'postgres · execute waits for your approval' })
const row = (page: Page) => page.locator('.tool').filter({ hasText: 'postgres' }).getByRole('button').first()

const ASKED = [
  ...run.begins('Do it.'),
  run.calls('c1', 'postgres__execute', { sql: 'DROP TABLE old' }),
  run.asks('c1', { sql: 'DROP TABLE old' }),
  run.waits,
]

/** What the page asks the server to decide; each is answered as told, the last for all that follow. */
async function decisions(page: Page, ...answers: ((route: Route) => Promise<void>)[]): Promise<ApprovalRequest[]> {
  const asked: ApprovalRequest[] = []
  await page.route('**/api/approvals/approval-of-c1', (route) => {
    asked.push(route.request().postDataJSON() as ApprovalRequest)
    return (answers.length > 1 ? answers.shift() : answers[0])?.(route)
  })
  return asked
}

/** An image of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const accept = (route: Route) => route.fulfill({ json: { approved: true } })
const refuse = (code: string, status: number) => (route: Route) =>
  route.fulfill({ status, json: { error: { code, message: 'It cannot be decided now.' } } })

test.describe('a call that waits for a person', () => {
  let log: ScriptedLog
  test.use({ expectedErrors: NETWORK_ERRORS })
  test.beforeEach(async ({ page }) => {
    log = await openScriptedSession(page, 'Approvals')
  })
  test.afterEach(async ({ page }) => {
    await page.close()
    await log.close()
  })

  test('is approved for the session; the card goes, and the keyboard goes on from the row', async ({ page }) => {
    const asked = await decisions(page, accept)
    log.append(...ASKED)
    await expect(card(page)).toContainText('DROP TABLE old')
    await expect(page).toHaveTitle('Waits for you · Approvals · Rill')
    await expect(page.getByRole('status').filter({ hasText: 'The answer waits for you: postgres · execute.' })).toHaveCount(1)
    await card(page).getByLabel('Remember').selectOption('this session')
    await card(page).getByRole('button', { name: 'Approve' }).press('Enter')
    await expect(card(page)).toContainText('It goes on in a moment.')
    expect(asked).toEqual([{ approved: true, remember: 'session' }])
    log.append(run.isAnswered('c1', true))
    await expect(card(page)).toHaveCount(0)
    await expect(row(page)).toBeFocused()
    await expect(page.getByText('Going on…')).toBeVisible()
    await expect(page).toHaveTitle('Approvals · Rill')
  })

  test('shows every space and line of what would run, in the names too', async ({ page }) => {
    const args = { 'a   b': 'c   d', nested: { 'e   f\ng': 1 } }
    log.append(...run.begins('Do it.'), run.calls('c1', 'postgres__execute', args), run.asks('c1', args), run.waits)
    // biome-ignore lint/performance/useDomNodeTextContent: what is seen, not what is there, is the question
    const text = (selector: string) => card(page).locator(selector).first().innerText()
    await expect(card(page)).toBeVisible()
    expect(await text('dt')).toBe('a   b')
    expect(await text('dd')).toBe('c   d')
    expect(await text('.json-key')).toBe('e   f\ng')
  })

  test('takes nobody away from what they type, and both the field and Stop go on working', async ({ page }) => {
    await page.getByLabel('Message').fill('half a')
    log.append(...ASKED)
    await expect(card(page)).toBeVisible()
    await page.keyboard.type(' thought')
    await expect(page.getByLabel('Message')).toHaveValue('half a thought')
    await expect(page.getByRole('button', { name: 'Stop' })).toBeEnabled()
    // From the field back: what is nearest comes first.
    await page.getByLabel('Message').press('Shift+Tab')
    await expect(card(page).getByLabel('Remember')).toBeFocused()
    await page.keyboard.press('Shift+Tab')
    await expect(card(page).getByRole('button', { name: 'Deny…' })).toBeFocused()
    await page.keyboard.press('Shift+Tab')
    await expect(card(page).getByRole('button', { name: 'Approve' })).toBeFocused()
  })

  test('is denied with a reason, which is kept when it cannot be sent', async ({ page }) => {
    const asked = await decisions(page, (route) => route.abort(), accept)
    log.append(...ASKED)
    for (const leave of [() => page.keyboard.press('Escape'), () => card(page).getByRole('button', { name: 'Back' }).click()]) {
      await card(page).getByRole('button', { name: 'Deny…' }).click()
      await expect(card(page).getByLabel('Why not')).toBeFocused()
      await leave()
      await expect(card(page).getByRole('button', { name: 'Deny…' })).toBeFocused()
    }
    await card(page).getByRole('button', { name: 'Deny…' }).click()
    await page.keyboard.type('Not today.')
    await page.reload()
    await expect(card(page).getByLabel('Why not')).toHaveValue('Not today.')
    await expect(page.getByLabel('Message')).toBeFocused()
    await card(page).getByLabel('Why not').press('Enter')
    await expect(card(page).getByRole('alert')).toContainText('It still waits, and what you chose is kept: try again.')
    await expect(card(page).getByLabel('Why not')).toHaveValue('Not today.')
    await card(page).getByRole('button', { name: 'Deny', exact: true }).click()
    await expect(card(page)).toContainText('Refused.')
    await page.reload()
    await expect(card(page).getByRole('button', { name: 'Approve' })).toBeVisible()
    expect(asked).toEqual([
      { approved: false, remember: 'call', reason: 'Not today.' },
      { approved: false, remember: 'call', reason: 'Not today.' },
    ])
    log.append(run.isAnswered('c1', false, 'Not today.'))
    await row(page).click()
    await expect(liveAnswer(page)).toContainText('Not today.')
  })

  test('was decided by someone else: it says so, and is not offered again', async ({ page }) => {
    await decisions(page, refuse('conflict', 409))
    log.append(...ASKED)
    await card(page).getByRole('button', { name: 'Approve' }).click()
    await expect(card(page)).toContainText('Someone decided this already.')
    await expect(card(page).getByRole('button')).toHaveCount(0)
  })

  test('asks for something: the form is checked, sent, and kept when it cannot be sent', async ({ page }) => {
    const asked = await decisions(page, refuse('internal', 500), accept)
    const properties = {
      name: { type: 'string', title: 'Name' },
      seats: { type: 'integer', title: 'Seats', minimum: 1, default: 2 },
      zone: { type: 'string', title: 'Zone', oneOf: [{ const: 'q', title: 'Quiet' }] },
      extras: { type: 'array', title: 'Extras', items: { type: 'string', enum: ['bike', 'dog'] } },
      window: { type: 'boolean', title: 'At the window' },
      note: { type: 'string', title: 'Note' },
    }
    const schema = { type: 'object', required: ['name', 'extras'], properties }
    log.append(...run.begins('Book.'), run.calls('c1', 'trains__book', {}), run.asks('c1', {}, { message: 'Which seat?', schema }))
    const form = page.getByRole('group', { name: 'trains · book asks you' })
    await form.getByRole('button', { name: 'Submit' }).click()
    await expect(form.getByLabel('Name')).toBeFocused()
    await form.getByLabel('Name').fill('Ada')
    await form.getByLabel('Zone').selectOption('Quiet')
    await form.getByLabel('dog').check()
    await form.getByLabel('At the window').check()
    await page.reload()
    await expect(form.getByLabel('Name')).toHaveValue('Ada')
    await expect(form.getByLabel('dog')).toBeChecked()
    await expect(form.getByLabel('bike')).not.toBeChecked()
    await form.getByRole('button', { name: 'Submit' }).click()
    await expect(form.getByRole('alert')).toContainText('try again')
    await expect(form.getByLabel('Name')).toHaveValue('Ada')
    await form.getByRole('button', { name: 'Submit' }).click()
    await expect(form).toContainText('It goes on in a moment.')
    const decision = { approved: true, content: { name: 'Ada', seats: 2, zone: 'q', extras: ['dog'], window: true } }
    expect(asked).toEqual([decision, decision])
    log.append(run.isAnswered('c1', true))
    await expect(form).toHaveCount(0)
  })

  test('a result of 256 kB opens, and nothing of it is loaded from elsewhere', async ({ page }) => {
    const elsewhere: string[] = []
    const own = new URL(page.url()).origin
    page.on('request', (request) => {
      if (!request.url().startsWith(own)) elsewhere.push(request.url())
    })
    await page.route('**/api/files/*', (route) => route.fulfill({ contentType: 'image/png', body: Buffer.from(PIXEL, 'base64') }))
    const content = [
      { type: 'text', text: 'word '.repeat(52_000) },
      { type: 'image', url: '/api/files/1', mediaType: 'image/png' },
      { type: 'image', url: 'https://elsewhere.example/pixel.png', mediaType: 'image/png' },
      { type: 'image', url: '//elsewhere.example/pixel.png', mediaType: 'image/png' },
    ]
    log.append(
      ...run.begins('Look.'),
      run.calls('c1', 'postgres__read', {}),
      run.returns('c1', { content, structuredContent: { ok: true } }),
    )
    await row(page).click()
    await page.getByRole('button', { name: 'Show all 260,000 characters' }).click()
    await expect(page.locator('.long-text')).toHaveText(/word $/)
    await expect(liveAnswer(page).getByRole('img', { name: 'From the tool' })).toHaveCount(1)
    await expect.poll(() => page.locator('.tool-image').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
    await expect(liveAnswer(page).getByRole('link', { name: 'https://elsewhere.example/pixel.png' })).toHaveCount(1)
    await expect(liveAnswer(page).getByText('//elsewhere.example/pixel.png').last()).toBeVisible()
    expect(elsewhere).toEqual([])
  })
})
