import type { Locator, Page } from '@playwright/test'
import { type ScriptedProvider, startProvider } from '../bench/lib/provider.ts'
import { answers, test as base, expect, liveAnswer, say } from './fixtures.ts'
import { openScriptedSession, run } from './scripted-log.ts'

const test = base.extend<{ scripted: { url: string; provider: ScriptedProvider } }>({
  scripted: async ({ startServer }, use) => {
    const provider = await startProvider({ deltas: 20, perSecond: 200 })
    await use({ url: (await startServer({ env: { OPENAI_BASE_URL: provider.url } })).url, provider })
    await provider.close()
  },
})

const field = (page: Page): Locator => page.getByLabel('Message', { exact: true })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const versions = (page: Page): Locator => page.getByRole('group', { name: 'Versions' })

/** As who has no mouse does it. */
async function pressByKey(page: Page, name: string): Promise<void> {
  await button(page, name).focus()
  await page.keyboard.press('Enter')
}

test('whatever is done with what was said, the keyboard goes on from there', async ({ page, demo }) => {
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')

  await pressByKey(page, 'Regenerate')
  await expect(versions(page)).toHaveText('2 / 2')
  await expect(field(page)).toBeFocused()

  await pressByKey(page, 'Previous version')
  await expect(versions(page)).toHaveText('1 / 2')
  await expect(button(page, 'Previous version')).toBeFocused()
  await expect(page.getByRole('status').filter({ hasText: 'Version 1 of 2' })).toHaveCount(1)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(versions(page)).toHaveText('2 / 2')
  await expect(button(page, 'Next version')).toBeFocused()
  await expect(page.getByRole('status').filter({ hasText: 'Version 2 of 2' })).toHaveCount(1)

  await pressByKey(page, 'Edit')
  await expect(page.getByLabel('Edit your message')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(button(page, 'Edit')).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByLabel('Edit your message').fill('What is 6 * 8?')
  await page.keyboard.press('Enter')
  await expect(answers(page)).toContainText('48')
  await expect(field(page)).toBeFocused()
})

test('Stop, Continue and Retry leave the keyboard where one writes', async ({ page, scripted }) => {
  const release = scripted.provider.hold(5)
  await page.goto(scripted.url)
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w4')
  await pressByKey(page, 'Stop')
  await expect(answers(page)).toContainText('Stopped')
  await expect(field(page)).toBeFocused()
  release()
  await pressByKey(page, 'Continue')
  await expect(answers(page).last()).toContainText('w19')
  await expect(field(page)).toBeFocused()

  const releaseAll = scripted.provider.hold(0)
  await say(page, 'Count')
  await expect(liveAnswer(page)).toBeVisible()
  await pressByKey(page, 'Stop')
  await expect(answers(page).last()).toContainText('Stopped')
  releaseAll()
  await pressByKey(page, 'Retry')
  await expect(answers(page).last()).toContainText('w19')
  await expect(field(page)).toBeFocused()
})

test('the way to the end leads where one writes', async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 400 })
  const log = await openScriptedSession(page, 'Long')
  log.append(...run.begins('Tell me'), run.says('A paragraph.\n\n'.repeat(60)), ...run.ends('stop'))
  await expect(answers(page)).toHaveCount(1)
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -600)
  await expect(button(page, 'Jump to the latest')).toBeVisible()
  await pressByKey(page, 'Jump to the latest')
  await expect(field(page)).toBeFocused()
  await log.close()
})

test('who has left what goes is left where they are', async ({ page, demo }) => {
  await page.goto(demo.url)
  await say(page, 'What is 6 * 7?')
  await expect(answers(page)).toContainText('42')
  await button(page, 'Edit').focus()
  await page.getByRole('log').click({ position: { x: 5, y: 5 } })
  await expect(page.getByRole('main')).toBeFocused()
  const sent = page.waitForResponse(/regenerate/)
  await page.evaluate(() => {
    const all = Array.from(document.querySelectorAll<HTMLElement>('button'))
    all.find((one) => one.textContent === 'Regenerate')?.click()
  })
  await sent
  await expect(versions(page)).toHaveText('2 / 2')
  await expect(page.getByRole('main')).toBeFocused()
})

test.describe('under a finger', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })

  test('the field does not take the focus, and no keyboard comes up', async ({ page, demo }) => {
    await page.goto(demo.url)
    await say(page, 'What is 6 * 7?')
    await expect(answers(page)).toContainText('42')
    await pressByKey(page, 'Regenerate')
    await expect(versions(page)).toHaveText('2 / 2')
    await expect(field(page)).not.toBeFocused()
    await pressByKey(page, 'Previous version')
    await expect(versions(page)).toHaveText('1 / 2')
    await expect(button(page, 'Previous version')).toBeFocused()
  })
})

test('while older messages come, their button keeps the focus', async ({ page, context, filled }) => {
  const { server, cookie, sessionIds } = filled
  await context.addCookies([cookie])
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route('**/messages?before=*', async (route) => {
    await held
    await route.continue()
  })
  await page.goto(`${server.url}/chat/${sessionIds[0]}`)
  const older = page.getByRole('button', { name: /^(Show older messages|Loading…)$/ })
  await older.focus()
  await expect(older).toHaveText('Loading…')
  await expect(older).toBeFocused()
  const come = page.waitForResponse('**/messages?before=*')
  letGo()
  await come
  await expect(older).toBeFocused()
})

test('what a swift follow-up hides is heard: how the answer before it ended', async ({ page }) => {
  const log = await openScriptedSession(page, 'Two in a row')
  log.append(...run.begins('First'), run.says('One.'), ...run.queues('m2', 'Second', 'follow-up'))
  await expect(liveAnswer(page)).toContainText('One.')
  const statuses = page.getByRole('status')
  await expect(statuses.filter({ hasText: 'The answer is being written.' })).toHaveCount(1)
  const next = {
    type: 'run:started',
    runId: 'run-of-m2',
    provider: 'demo',
    model: 'demo',
    messageId: 'answer-2',
    parentId: 'm2',
    epoch: 1,
  } as const
  log.append(...run.ends('stop'), { type: 'message:dequeued', runId: 'run-of-m2', messageId: 'm2', mode: 'follow-up' }, next)
  await expect(statuses.filter({ hasText: 'The answer is complete.' })).toHaveCount(1)
  await expect(statuses.filter({ hasText: 'The answer is being written.' })).toHaveCount(1)
  await log.close()
})
