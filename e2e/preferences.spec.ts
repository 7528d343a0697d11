import type { Locator } from '@playwright/test'
import { answers, expect, liveAnswer, test } from './fixtures.ts'
import { look } from './looks.ts'
import { openScriptedSession, run } from './scripted-log.ts'

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
  const field = page.getByLabel('Message', { exact: true })
  await field.fill('שלום')
  await expect(field).toHaveCSS('direction', 'rtl')
  await look(page, 'both-directions')
  await log.close()
})

for (const [name, settings] of [
  ['forced-colors', { forcedColors: 'active' }],
  ['more-contrast', { contrast: 'more' }],
  ['reduced-motion', { reducedMotion: 'reduce' }],
] as const) {
  test(`${name}: what is said by colour and motion is still said`, async ({ page }) => {
    await page.emulateMedia(settings)
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
    await look(page, `${name}-live`)
    log.append(...run.ends('stop'))
    await expect(answers(page)).toHaveCount(1)
    await page.keyboard.press('ControlOrMeta+k')
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible()
    await look(page, `${name}-palette`)
    await log.close()
  })
}

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
