import type { Locator, Page } from '@playwright/test'
import type { Message } from '#lib/protocol/index.ts'
import { idle } from '../bench/page/measure.ts'
import { answers, expect, liveAnswer, NETWORK_ERRORS, say, test } from './fixtures.ts'
import { lookHere } from './looks.ts'
import { openScriptedSession, run } from './scripted-log.ts'

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

const field = (page: Page): Locator => page.getByLabel('Message', { exact: true })

const DEEP: Record<string, string> = {
  formula: `$$\n${'{'.repeat(5_000)}x${'}'.repeat(5_000)}\n$$`,
  'formula that can just be read': `$$\n${'{'.repeat(700)}x${'}'.repeat(700)}\n$$`,
  quote: `${'>'.repeat(5_000)} x`,
  list: `${'- '.repeat(5_000)}x`,
}

for (const [kind, text] of Object.entries(DEEP)) {
  test(`a very deep ${kind} is shown as it can be, and the session stays`, async ({ page }) => {
    const log = await openScriptedSession(page, 'Deep')
    log.append(...run.begins('How deep?'), run.says('Before.\n\n'))
    await expect(liveAnswer(page)).toContainText('Before.')
    for (let at = 0; at < text.length; at += 1_000) log.append(run.says(text.slice(at, at + 1_000)))
    log.append(run.says('\n\nAfter.'), ...run.ends('stop'))
    for (const answer of [answers(page), answers(page)]) {
      await expect(answer).toContainText('After.')
      await expect(answer.getByText('Before.')).toBeVisible()
      await idle(page)
      await page.reload()
    }
    await log.close()
  })
}

test.describe('a part whose drawing fails', () => {
  test.use({ expectedErrors: /breaks/ })

  test('is shown as its text, and all else goes on', async ({ page }) => {
    await page.addInitScript(() => {
      const set = Element.prototype.setAttribute
      Element.prototype.setAttribute = function (name, value) {
        if (String(value).startsWith('It breaks')) throw new Error('It breaks')
        set.call(this, name, value)
      }
    })
    const log = await openScriptedSession(page, 'Broken')
    log.append(...run.begins('Break'), run.says('See [this](https://example.org "It breaks") here.'))
    await expect(liveAnswer(page)).toContainText('See [this](https://example.org "It breaks") here.')
    log.append(run.says(' And on.'), run.calls('c1', 'calculator', {}), run.returns('c1', 42), run.says('The end.'), ...run.ends('stop'))
    await expect(answers(page)).toContainText('here. And on.')
    await expect(answers(page).getByText('The end.')).toBeVisible()
    await expect(answers(page).getByRole('button', { name: 'Copy answer' })).toBeVisible()
    await log.close()
  })
})

test.describe('where nothing is', () => {
  test.use({ expectedErrors: /404/ })

  test('what is pressed is done, once, and not again in the next session', async ({ page, rill }) => {
    for (const path of ['/chat/00000000-0000-4000-8000-000000000000', '/no/such/page']) {
      await page.goto(`${rill.url}${path}`)
      await page.getByRole('button', { name: 'Change between light and dark' }).click()
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
      await page.getByRole('link', { name: 'New session', exact: true }).last().click()
      await expect(field(page)).toBeVisible()
      await idle(page)
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
      await page.context().clearCookies({ name: 'rill-theme' })
    }
  })
})

test.describe('over plain HTTP', () => {
  const withoutClipboard = (page: Page) =>
    page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }))

  test('an answer is copied all the same, from its button and from the palette', async ({ page, demo }) => {
    await withoutClipboard(page)
    await page.goto(demo.url)
    await say(page, 'What is 6 * 7?')
    await expect(answers(page)).toContainText('42')
    await page.getByRole('button', { name: 'Copy answer' }).click()
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    await field(page).focus()
    await page.keyboard.press('ControlOrMeta+v')
    await expect(field(page)).toHaveValue(/is \*\*42\*\*\./)
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox', { name: 'Command or session' }).fill('copy')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('status').filter({ hasText: 'Copied the answer' })).toBeVisible()
    await lookHere(page, 'copied')
  })

  test('where it is not allowed, each says so', async ({ page, demo }) => {
    await withoutClipboard(page)
    await page.addInitScript(() => {
      document.execCommand = () => false
    })
    await page.goto(demo.url)
    await say(page, 'What is 6 * 7?')
    await expect(answers(page)).toContainText('42')
    await page.getByRole('button', { name: 'Copy answer' }).click()
    await expect(page.getByRole('button', { name: 'Not allowed' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox', { name: 'Command or session' }).fill('copy')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('status').filter({ hasText: 'The browser does not allow copying' })).toBeVisible()
  })
})

const LINKS = `See [your bank](https://evil.example/login "https://bank.example/ is safe") and [bank.example](https://evil.example), or
<https://example.org/a>, www.example.org, [mail me](mailto:a@example.org).`

const hostBehind = (link: Locator) => link.evaluate((element) => getComputedStyle(element, '::after').content)

test('a link says where it leads to who goes there by keyboard, and on its title whatever it is called', async ({ page }) => {
  const log = await openScriptedSession(page, 'Links')
  log.append(...run.begins('Links'), run.says(LINKS), ...run.ends('stop'))
  await expect(answers(page)).toHaveCount(1)
  const link = page.getByRole('link', { name: 'your bank' })
  await expect(link).toHaveAttribute('title', 'https://bank.example/ is safe\nhttps://evil.example/login')
  expect(await hostBehind(link)).toBe('none')
  await page.getByRole('button', { name: 'Edit' }).focus()
  await page.keyboard.press('Tab')
  await expect(link).toBeFocused()
  expect(await hostBehind(link)).toContain('evil.example')
  await lookHere(page, 'links')
  await log.close()
})

test.describe('without a network', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('what waits in a session is sent from another page, once', async ({ page, context, demo }) => {
    await page.goto(demo.url)
    await say(page, 'What is 6 * 7?')
    await expect(answers(page)).toContainText('42')
    const session = page.url().replace('/chat/', '/api/sessions/')
    await context.setOffline(true)
    await say(page, 'What is 6 * 8?')
    await expect(page.getByText('Will be sent when the connection is back.')).toBeVisible()
    await page.goto('about:blank')
    await context.setOffline(false)
    await page.goto(demo.url)
    const said = async () => (await (await page.request.get(session)).json()).messages.map(({ role }: Message) => role)
    await expect.poll(said).toEqual(['user', 'assistant', 'user', 'assistant'])
    await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('rill:outgoing:')))).toEqual([])
  })

  test('a part that cannot be loaded moves nothing, has a way out, and comes when the network is back', async ({ page, context, demo }) => {
    await page.goto(demo.url)
    await say(page, 'What is 6 * 7?')
    await expect(answers(page)).toContainText('42')
    await idle(page)
    const before = await page.locator('.composer').boundingBox()
    await context.setOffline(true)
    await page.keyboard.press('ControlOrMeta+k')
    const missing = page.getByText('This could not be loaded.')
    await expect(missing).toBeVisible()
    expect(await page.locator('.composer').boundingBox()).toEqual(before)
    await lookHere(page, 'palette-missing')
    await page.keyboard.press('Escape')
    await expect(missing).toHaveCount(0)

    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await expect(missing).toBeVisible()
    await expect(page.locator('.said').first()).toContainText('What is 6 * 7?')
    await context.setOffline(false)
    await expect(page.getByLabel('Edit your message')).toHaveValue('What is 6 * 7?')
  })
})

test.describe('on a phone', () => {
  test.use(PHONE)

  test('links show where they lead, but those that are their own address', async ({ page }) => {
    const log = await openScriptedSession(page, 'Links')
    log.append(...run.begins('Links'), run.says(LINKS), ...run.ends('stop'))
    await expect(answers(page)).toHaveCount(1)
    const links = answers(page).locator('.prose a')
    const behind = await links.evaluateAll((all) => all.map((one) => getComputedStyle(one, '::after').content))
    expect(behind.map((content) => content.includes('example'))).toEqual([true, true, false, false, true])
    await lookHere(page, 'links')
    await log.close()
  })

  test('with a keyboard over the page, much text and a queue, Send and Stop stay in sight', async ({ page }) => {
    await page.addInitScript(() => {
      const view = Object.assign(new EventTarget(), { height: innerHeight, scale: 1 })
      Object.defineProperty(window, 'visualViewport', { value: view })
    })
    const log = await openScriptedSession(page, 'Keyboard')
    log.append(...run.begins('Go on'), run.says('Here.'))
    for (let index = 0; index < 6; index += 1) log.append(...run.queues(`w${index}`, `What waits, number ${index}`, 'follow-up'))
    await expect(page.getByRole('list', { name: 'What waits' }).getByRole('listitem')).toHaveCount(6)
    await idle(page)
    await field(page).fill('A line of words.\n'.repeat(20))
    await page.evaluate(() => {
      Object.assign(window.visualViewport as object, { height: 420 })
      window.visualViewport?.dispatchEvent(new Event('resize'))
    })
    for (const name of ['Send', 'Stop']) {
      const bottom = async () => {
        const box = await page.getByRole('button', { name, exact: true }).boundingBox()
        return (box?.y ?? 1_000) + (box?.height ?? 0)
      }
      await expect.poll(bottom).toBeLessThanOrEqual(420)
    }
    const top = await page.locator('.composer').boundingBox()
    expect(top?.y).toBeGreaterThanOrEqual(56)
    await page.screenshot({ path: 'test-results/page/keyboard-queue-360.png', clip: { x: 0, y: 0, width: 360, height: 420 } })
    await log.close()
  })

  test('what is offered after a deletion lies over nothing that sends, waits while it is looked at, and closes', async ({ page, demo }) => {
    await page.clock.install()
    await page.goto(demo.url)
    await say(page, 'What is 6 * 7?')
    await expect(answers(page)).toContainText('42')
    const remove = async () => {
      await page.keyboard.press('ControlOrMeta+k')
      await page.getByRole('combobox', { name: 'Command or session' }).fill('delete this')
      await page.keyboard.press('Enter')
    }
    await remove()
    const toast = page.locator('.toast').filter({ hasText: 'Deleted' })
    await expect(toast).toBeVisible()
    await expect(page).toHaveURL(`${demo.url}/`)
    const box = await toast.boundingBox()
    const composer = await page.locator('.composer').boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(composer?.y ?? 0)
    await toast.getByRole('button', { name: 'Undo' }).focus()
    await page.clock.runFor(60_000)
    await expect(toast).toBeVisible()
    await lookHere(page, 'toast')
    // The clock goes on by itself, too: not as much as is left of twenty seconds.
    await field(page).focus()
    await page.clock.runFor(10_000)
    await expect(toast).toBeVisible()
    await page.clock.runFor(10_000)
    await expect(toast).toHaveCount(0)
  })
})
