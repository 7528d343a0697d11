import { expectNoViolations } from './axe.ts'
import { startCuttableLine } from './cuttable-line.ts'
import { answers, expect, liveAnswer, NETWORK_ERRORS, openWithoutScripts, say, test } from './fixtures.ts'

test('a message goes in, the answer streams out, and the session has a name', async ({ page, provider }) => {
  await page.goto('/')
  await say(page, 'Count slowly')
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/)
  await expect(liveAnswer(page)).toContainText('w5 w6')
  await expect(page.getByRole('article', { name: 'You' })).toHaveText('Count slowly')
  await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
  await expect(answers(page).getByText('scripted', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Scripted title' })).toBeVisible()
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Scripted title' }).first()).toBeVisible()
})

test('Stop ends the answer at once, keeps what was written, and the next message works', async ({ page, provider }) => {
  await page.goto('/')
  await say(page, 'Count slowly')
  await expect(liveAnswer(page)).toContainText('w10')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(answers(page)).toContainText('Stopped')
  await expect(answers(page)).toContainText('w9 w10')
  await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible()
  await expect.poll(() => provider.active).toBe(0)
  await say(page, 'Again')
  await expect(answers(page).nth(1).locator('.prose')).toHaveText(provider.text.trim())
})

test('a reload in mid-answer ends with the same text, once', async ({ page, provider }) => {
  await page.goto('/')
  await say(page, 'Count slowly')
  await expect(liveAnswer(page)).toContainText('w20')
  await page.reload()
  await expect(liveAnswer(page)).toContainText('w20')
  await page.reload()
  await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
  await expect(answers(page)).toHaveCount(1)
  await expect(page.getByRole('article', { name: 'You' })).toHaveCount(1)
})

test('going back and forward ends with the same text, once', async ({ page, provider }) => {
  await page.goto('/')
  await say(page, 'Count slowly')
  await expect(liveAnswer(page)).toContainText('w5')
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'What can I help with?' })).toBeVisible()
  await page.goForward()
  await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
  await expect(answers(page)).toHaveCount(1)
})

test('a second tab follows the same answer, and both may send', async ({ page, context, provider }) => {
  await page.goto('/')
  await say(page, 'Count slowly')
  await expect(liveAnswer(page)).toContainText('w5')
  const other = await context.newPage()
  await other.goto(page.url())
  await expect(liveAnswer(other)).toContainText('w10')
  await say(other, 'From the other tab')
  await expect(page.getByRole('list', { name: 'What waits' }).getByRole('listitem')).toHaveText('NextFrom the other tab')
  for (const tab of [page, other]) {
    await expect(answers(tab)).toHaveCount(2)
    await expect(answers(tab).nth(0).locator('.prose')).toHaveText(provider.text.trim())
    await expect(answers(tab).nth(1).locator('.prose')).toHaveText(provider.text.trim())
  }
})

test.describe('a dropped network', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })
  test('is said quietly, and the answer is whole when it is back', async ({ page, rill, provider }) => {
    const line = await startCuttableLine(rill.url)
    await page.goto(line.url)
    await say(page, 'Count slowly')
    await expect(liveAnswer(page)).toContainText('w10')
    line.cut()
    await expect(page.getByText('Reconnecting. Nothing is lost')).toBeVisible()
    line.mend()
    await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
    await expect(page.getByText('Reconnecting')).toHaveCount(0)
    await expect(answers(page).getByTitle('Reconnected here')).toHaveCount(1)
    await expect(answers(page).getByText('Reconnected while it was written; nothing was lost')).toBeVisible()
    await page.screenshot({ path: 'test-results/page/reconnected.png' })
    await line.close()
  })

  test('a message that could not be sent is kept, and sent once when the network is back', async ({ page, context, provider }) => {
    await page.goto('/')
    await say(page, 'First')
    await expect(answers(page)).toHaveCount(1)
    await context.setOffline(true)
    await say(page, 'Second')
    await expect(page.getByText('Will be sent when the connection is back.')).toBeVisible()
    await context.setOffline(false)
    await expect(answers(page)).toHaveCount(2)
    await expect(page.getByRole('article', { name: 'You' })).toHaveText(['First', 'Second'])
    await expect(answers(page).nth(1).locator('.prose')).toHaveText(provider.text.trim())
  })
})

const WAITS = 'Will be sent when the connection is back.'

test.describe('a first message', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('of each of two tabs waits for the network, and neither takes the other’s', async ({ page, context }) => {
    const other = await context.newPage()
    for (const tab of [page, other]) await tab.goto('/')
    await context.setOffline(true)
    for (const tab of [page, other]) await say(tab, 'Count')
    for (const tab of [page, other]) await expect(tab.getByText(WAITS)).toBeVisible()
    await page.getByLabel('Message').fill('written meanwhile')
    await context.setOffline(false)
    for (const tab of [page, other]) await expect(answers(tab)).toHaveCount(1)
    for (const tab of [page, other]) await expect(tab.getByRole('article', { name: 'You' })).toHaveText('Count')
    expect(page.url()).not.toBe(other.url())
    await expect(page.getByLabel('Message')).toHaveValue('written meanwhile')
    await expect(other.getByLabel('Message')).toHaveValue('')
    await expect(page.getByRole('navigation').getByRole('listitem')).toHaveCount(2)
  })

  test('that waits stands there after a reload, beside what was written since, and can be written on or discarded', async ({
    page,
    rill,
  }) => {
    await page.route('**/api/sessions', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
    await page.goto(rill.url)
    await say(page, 'First')
    await expect(page.getByText(WAITS)).toBeVisible()
    await page.getByLabel('Message').fill('second')
    await page.reload()
    await expect(page.getByText(WAITS)).toBeVisible()
    await expect(page.getByRole('article', { name: 'You' })).toHaveText('First')
    await expect(page.getByLabel('Message')).toHaveValue('second')
    await expectNoViolations(page)
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await expect(page.getByText(WAITS)).toHaveCount(0)
    await expect(page.getByLabel('Message')).toHaveValue('First\n\nsecond')
    await page.getByLabel('Message').press('Enter')
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect(page.getByRole('heading', { name: 'What can I help with?' })).toBeVisible()
    await page.unroute('**/api/sessions')
    await say(page, 'Count')
    await expect(page.getByRole('article', { name: 'You' })).toHaveText('Count')
    await expect(answers(page)).toHaveCount(1)
    await expect(page.getByRole('navigation').getByRole('listitem')).toHaveCount(1)
  })

  test('goes out though its page was left, and leaves the reader where he is', async ({ page, rill }) => {
    await page.goto(rill.url)
    await say(page, 'Count')
    await expect(answers(page)).toHaveCount(1)
    const there = page.url()
    await page.goto(rill.url)
    const making = Promise.withResolvers<void>()
    await page.route('**/api/sessions', async (route) => {
      if (route.request().method() === 'POST') await making.promise
      await route.continue()
    })
    await say(page, 'Second')
    const sessions = page.getByRole('navigation').getByRole('link')
    await sessions.first().click()
    await expect(page).toHaveURL(there)
    await page.getByLabel('Message').fill('half a thought')
    const sent = page.waitForResponse('**/messages')
    making.resolve()
    await sent
    await expect(sessions).toHaveCount(2)
    await expect(page).toHaveURL(there)
    await expect(page.getByLabel('Message')).toHaveValue('half a thought')
    await sessions.first().click()
    await expect(page.getByRole('article', { name: 'You' })).toHaveText('Second')
  })
})

test('what is written before the page has its scripts stands behind the draft; sent before, it goes alone', async ({ page, rill }) => {
  const field = page.getByLabel('Message')
  await page.goto(rill.url)
  await field.fill('a long thought')
  let letGo = await openWithoutScripts(page, rill.url)
  await field.pressSequentially('and more')
  await letGo()
  await expect(field).toHaveValue('a long thought\n\nand more')
  await page.unrouteAll({ behavior: 'wait' })
  await page.reload()
  await expect(field).toHaveValue('a long thought\n\nand more')
  letGo = await openWithoutScripts(page, rill.url)
  await say(page, 'Count')
  await letGo()
  await expect(page.getByRole('article', { name: 'You' })).toHaveText('Count')
  await expect(answers(page)).toHaveCount(1)
  await expect(field).toHaveValue('a long thought\n\nand more')
})

test('what one tab sends takes no draft from another', async ({ page, context }) => {
  await page.goto('/')
  await say(page, 'Count')
  await expect(answers(page)).toHaveCount(1)
  const other = await context.newPage()
  await other.goto(page.url())
  await page.getByLabel('Message').fill('Count again')
  await other.getByLabel('Message').fill('half a thought')
  await page.getByLabel('Message').press('Enter')
  await expect(answers(page)).toHaveCount(2)
  await other.reload()
  await expect(other.getByLabel('Message')).toHaveValue('half a thought')
  await page.reload()
  await expect(page.getByLabel('Message')).toHaveValue('')
})

test('a provider that fails and recovers: a countdown, then the answer', async ({ page, provider }) => {
  await page.goto('/')
  provider.failNext(500, 2)
  await say(page, 'Count for me')
  await expect(liveAnswer(page)).toContainText(/has a problem of its own.*Trying again/s)
  await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
})

test('a provider that keeps failing: what happened, and Retry', async ({ page, provider }) => {
  await page.goto('/')
  provider.failNext(401, 1)
  await say(page, 'Count for me')
  await expect(answers(page)).toContainText('refused access')
  await expect(page.getByRole('status').filter({ hasText: 'refused access' })).toHaveCount(1)
  await page.getByRole('button', { name: 'Retry' }).click()
  await expect(answers(page).locator('.prose')).toHaveText([provider.text.trim()])
  await page.reload()
  await expect(answers(page).locator('.prose')).toHaveText([provider.text.trim()])
})

test('a message whose sending a reload breaks off goes out by itself, once', async ({ page, provider }) => {
  await page.goto('/')
  await say(page, 'First')
  await expect(answers(page)).toHaveCount(1)
  await page.route('**/messages', () => undefined)
  await say(page, 'Second')
  await expect(page.getByRole('article', { name: 'You' })).toHaveCount(2)
  await page.unroute('**/messages')
  await page.reload()
  await expect(answers(page).nth(1).locator('.prose')).toHaveText(provider.text.trim())
  await expect(page.getByRole('article', { name: 'You' })).toHaveText(['First', 'Second'])
  await expect(page.getByText('Not sent')).toHaveCount(0)
})

test('a word of 100,000 characters keeps nobody waiting', async ({ page }) => {
  await page.goto('/')
  await say(page, 'x'.repeat(100_000))
  await expect(answers(page)).toHaveCount(1)
  await expect(page.getByRole('article', { name: 'You' }).locator('.unkerned')).toHaveCount(1)
})

test('a draft survives a reload, and Shift+Enter makes a line', async ({ page }) => {
  await page.goto('/')
  await page.getByLabel('Message').fill('half a')
  await page.getByLabel('Message').press('Shift+Enter')
  await page.getByLabel('Message').pressSequentially('thought')
  await page.reload()
  await expect(page.getByLabel('Message')).toHaveValue('half a\nthought')
})

test('what is written and sent before the page has its scripts is sent, once', async ({ page, rill, provider }) => {
  const letGo = await openWithoutScripts(page, rill.url)
  await say(page, 'Count')
  await page.getByLabel('Message').press('Enter')
  await letGo()
  await expect(answers(page)).toContainText(provider.text.trim())
  await expect(page.getByRole('article', { name: 'You' })).toHaveCount(1)
  await expect(page.getByLabel('Message')).toHaveValue('')
})

test('scrolling up is not fought, and the end is one press away', async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 400 })
  await page.goto('/')
  await say(page, 'slowly\n'.repeat(30))
  await expect(liveAnswer(page)).toContainText('w5')
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -600)
  const toEnd = page.getByRole('button', { name: 'Jump to the latest' })
  await expect(toEnd).toBeVisible()
  const top = await page.locator('.scroller').evaluate((element) => element.scrollTop)
  await expect(answers(page)).toHaveCount(1)
  expect(await page.locator('.scroller').evaluate((element) => element.scrollTop)).toBe(top)
  await toEnd.click()
  await expect(toEnd).toHaveCount(0)
})

test('sessions are renamed, deleted and brought back', async ({ page }) => {
  await page.goto('/')
  await say(page, 'Count for me')
  await expect(answers(page)).toHaveCount(1)
  const row = page.getByRole('navigation').getByRole('listitem').first()
  await expect(row).toContainText('Scripted title')
  await row.hover()
  await row.getByRole('button', { name: 'Rename' }).click()
  await page.getByLabel('Title').fill('Better name')
  await page.getByLabel('Title').press('Enter')
  await expect(row).toContainText('Better name')
  await expect(page.getByRole('heading', { name: 'Better name' })).toBeVisible()
  await row.hover()
  await row.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('navigation').getByText('Better name')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('navigation').getByRole('link', { name: 'Better name' }).click()
  await expect(answers(page)).toHaveCount(1)
})

test.describe('a session of someone else', () => {
  test.use({ expectedErrors: /404/ })
  test('is not there', async ({ page, browser, rill }) => {
    await page.goto('/')
    await say(page, 'Count for me')
    await expect(page).toHaveURL(/\/chat\//)
    const stranger = await browser.newContext()
    const strange = await stranger.newPage()
    const response = await strange.goto(page.url())
    expect(response?.status()).toBe(404)
    await expect(strange.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
    expect((await stranger.request.get(`${rill.url}/api/sessions/${page.url().split('/').at(-1)}`)).status()).toBe(404)
    await stranger.close()
  })
})

test.describe('a session that is not the visitor’s any more', () => {
  test.use({ expectedErrors: /404|net::ERR_/ })

  test('gives back what was written in it and not sent', async ({ page, context }) => {
    await page.goto('/')
    await say(page, 'Count')
    await expect(answers(page)).toHaveCount(1)
    const sessionId = page.url().split('/').at(-1) ?? ''
    await page.route('**/messages', (route) => route.abort())
    await say(page, 'Count again')
    await expect(page.getByText(WAITS)).toBeVisible()
    await page.getByLabel('Message').fill('half a\nthought')
    await context.clearCookies()
    await page.reload()
    const words = page.getByRole('region', { name: 'Your words' })
    await expect(words).toContainText('half a thought')
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      await page.screenshot({ path: `test-results/page/leftovers-${width}.png` })
    }
    await expectNoViolations(page)
    await page.getByRole('button', { name: 'Write on in a new session' }).click()
    await expect(page.getByLabel('Message')).toHaveValue('Count again\n\nhalf a\nthought')
    expect(await page.evaluate((id) => Object.keys(localStorage).filter((key) => key.includes(id)), sessionId)).toEqual([])
  })
})

test('no HTML and no image of a model is let in', async ({ page, startServer }) => {
  const { startProvider } = await import('../bench/lib/provider.ts')
  const hostile =
    '<img src="https://example.org/a.png" onerror="alert(1)"> ![pixel](https://example.org/b.png) [bad](javascript:alert(1)) <script>alert(1)</script> done'
  const provider = await startProvider({ deltas: 1, perSecond: 10, textOf: () => hostile })
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(server.url)
  await say(page, 'x')
  await expect(answers(page)).toContainText('done')
  await expect(answers(page).locator('img, script')).toHaveCount(0)
  await expect(answers(page).getByRole('button', { name: 'Show from example.org: pixel' })).toBeVisible()
  await expect(answers(page).getByRole('link', { name: 'bad' })).toHaveCount(0)
  expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([])
  await provider.close()
})

test.describe('while another version is deployed', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('a page whose scripts are not where it asks is asked for again until it is whole', async ({ page }) => {
    let failures = 0
    await page.route('**/_next/static/chunks/*.js', async (route) => {
      if (failures >= 20) return route.continue()
      failures += 1
      await route.fulfill({ status: 404, body: 'not here' })
    })
    await page.goto('/')
    // The page that is whole takes the focus.
    await expect(page.getByLabel('Message')).toBeFocused()
    expect(failures).toBe(20)
    await say(page, 'Count')
    await expect(answers(page)).toHaveCount(1)
  })
})
