import { idle } from '../bench/page/measure.ts'
import { answers, expect, test } from './fixtures.ts'
import { openScriptedSession, run } from './scripted-log.ts'

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })

  test('what the screen’s corners and bars take is left free', async ({ page, demo: server }) => {
    const session = await page.context().newCDPSession(page)
    const insets = { top: 47, topMax: 47, left: 20, leftMax: 20, bottom: 34, bottomMax: 34, right: 20, rightMax: 20 }
    await session.send('Emulation.setSafeAreaInsetsOverride', { insets })
    await page.goto(server.url)
    const menu = page.getByRole('button', { name: 'Sessions' })
    const box = await menu.boundingBox()
    expect(box?.y).toBeGreaterThanOrEqual(47)
    expect(box?.x).toBeGreaterThanOrEqual(20)
    const composer = await page.locator('.composer-box').boundingBox()
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(740 - 34)
    expect((composer?.x ?? 0) + (composer?.width ?? 0)).toBeLessThanOrEqual(360 - 20)
    await page.screenshot({ path: 'test-results/page/safe-areas-360.png' })
    await menu.click()
    const link = page.getByRole('link', { name: 'Rill, new session' })
    await expect.poll(async () => (await link.boundingBox())?.y).toBeGreaterThanOrEqual(47)
    await expect.poll(async () => (await link.boundingBox())?.x).toBeGreaterThanOrEqual(20)
    await page.screenshot({ path: 'test-results/page/safe-areas-drawer-360.png' })
  })

  test('a swipe opens the sessions, one back closes them; in what scrolls sideways it scrolls', async ({ page, context }) => {
    const log = await openScriptedSession(page, 'Fingers')
    const row = (cell: string) => `| ${Array(12).fill(cell).join(' | ')} |\n`
    log.append(...run.begins('A wide table, please.'), run.says(row('what it says') + row('---') + row('12')), ...run.ends('stop'))
    await expect(answers(page)).toHaveCount(1)
    await idle(page)
    const finger = await context.newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[] = []) =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints })
    const swipe = async (fromX: number, toX: number, y: number) => {
      await touch('touchStart', [{ x: fromX, y }])
      for (let part = 1; part <= 8; part += 1) await touch('touchMove', [{ x: fromX + ((toX - fromX) * part) / 8, y }])
      await touch('touchEnd')
    }
    const sessions = page.getByRole('complementary', { name: 'Sessions' })
    await swipe(100, 300, 300)
    await expect(sessions).toBeVisible()
    await swipe(250, 60, 300)
    await expect(sessions).toBeHidden()

    const table = page.locator('.table-scroller')
    const { y, height } = (await table.boundingBox()) as { y: number; height: number }
    const isAt = () => table.evaluate((element) => element.scrollLeft)
    await swipe(300, 60, y + height / 2)
    await expect.poll(isAt).toBeGreaterThan(100)
    await swipe(60, 300, y + height / 2)
    await expect.poll(isAt).toBeLessThan(100)
    await expect(sessions).toBeHidden()
    await log.close()
  })

  test('a keyboard that lies over the page leaves the field to be seen', async ({ page, demo: server }) => {
    // As on iOS: what is seen becomes smaller, the page does not.
    await page.addInitScript(() => {
      const view = Object.assign(new EventTarget(), { height: innerHeight, scale: 1 })
      Object.defineProperty(window, 'visualViewport', { value: view })
    })
    await page.goto(server.url)
    await idle(page)
    const bottom = async () => {
      const box = await page.locator('.composer-box').boundingBox()
      return (box?.y ?? 0) + (box?.height ?? 0)
    }
    const setHeight = (height: number) =>
      page.evaluate((to) => {
        Object.assign(window.visualViewport as object, { height: to })
        window.visualViewport?.dispatchEvent(new Event('resize'))
      }, height)
    await setHeight(420)
    await expect.poll(bottom).toBeLessThanOrEqual(420)
    await page.screenshot({ path: 'test-results/page/keyboard-360.png' })
    await setHeight(740)
    await expect.poll(bottom).toBeGreaterThan(600)
  })
})

test.describe('on a phone, where nothing is', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, expectedErrors: /404/ })

  test('a link that looks like a button has its words in its middle, and no key is named where nothing hovers', async ({
    page,
    demo: server,
  }) => {
    await page.goto(`${server.url}/nowhere`)
    const link = page.locator('a.button').first()
    const { top, bottom } = await link.evaluate((element) => {
      const range = document.createRange()
      range.selectNodeContents(element)
      const [words, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()]
      return { top: words.top - box.top, bottom: box.bottom - words.bottom }
    })
    expect(Math.abs(top - bottom)).toBeLessThan(3)
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Sessions' }).click()
    await expect(page.getByRole('link', { name: 'New session', exact: true })).toBeVisible()
    await expect(page.locator('a > .key')).toBeHidden()
  })
})
