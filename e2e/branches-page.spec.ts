import { answers, expect, say, test } from './fixtures.ts'
import { lookHere } from './looks.ts'

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test.describe(`in ${colorScheme} at ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 800 } })

    test('words are said anew, an answer is given again, and every version is kept', async ({ page, demo: server }) => {
      await page.goto(server.url)
      await say(page, 'What is 6 * 7?')
      const words = page.getByRole('article', { name: 'You', exact: true })
      await expect(answers(page)).toContainText('42')

      await words.hover()
      await page.getByRole('button', { name: 'Edit' }).click()
      const field = page.getByLabel('Edit your message')
      await expect(field).toBeFocused()
      await field.fill('What is 6 * 8?')
      await page.screenshot({ path: `test-results/page/edit-${width}-${colorScheme}.png` })
      await page.reload()
      await words.hover()
      await page.getByRole('button', { name: 'Edit' }).click()
      await expect(field).toHaveValue('What is 6 * 8?')
      await field.press('Enter')
      await expect(answers(page)).toContainText('48')
      await expect(words).toHaveText('What is 6 * 8?')

      const versions = page.getByRole('group', { name: 'Versions' })
      await expect(versions).toHaveText('2 / 2')
      await versions.getByRole('button', { name: 'Previous version' }).click()
      await expect(words).toHaveText('What is 6 * 7?')
      await expect(answers(page)).toContainText('42')
      await page.reload()
      await expect(words).toHaveText('What is 6 * 7?')

      await page.getByRole('button', { name: 'Regenerate' }).click()
      await expect(versions).toHaveCount(2)
      await expect(versions.nth(1)).toHaveText('2 / 2')
      await expect(answers(page)).toContainText('42')
      await lookHere(page, 'branches')
      await versions.nth(1).getByRole('button', { name: 'Previous version' }).click()
      await expect(versions.nth(1)).toHaveText('1 / 2')
    })
  })
}
