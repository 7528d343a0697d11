import { type Snapshot, textOf } from '#lib/protocol/index.ts'
import { answers, expect, say, test } from './fixtures.ts'
import { DEMO } from './shared-servers.ts'

test('an answer that took as many steps as it may says so, and goes on when it is asked to', async ({ page, startServer }) => {
  const server = await startServer({ env: { ...DEMO, RILL_MAX_STEPS: '1' } })
  await page.goto(server.url)
  await say(page, 'use calculator {"expression": "6 * 7"}')
  await expect(answers(page)).toContainText('Paused after as many steps as one answer may take.')
  await page.reload()
  await answers(page).getByRole('button', { name: 'Continue' }).click()
  await expect(answers(page)).toHaveCount(2)
  await expect(answers(page).nth(1).locator('.prose')).not.toBeEmpty()
})

test('what a model cannot hold is summarised in the open, and stays readable', async ({ page, startServer }) => {
  const server = await startServer({ env: { ...DEMO, RILL_CONTEXT_TOKENS: '2000' } })
  await page.goto(server.url)
  const snapshot = async () => (await page.request.get(page.url().replace('/chat/', '/api/sessions/'))).json() as Promise<Snapshot>
  for (const [index, topic] of ['first', 'second', 'third', 'fourth'].entries()) {
    await say(page, `The ${topic} word is ${topic}. ${`${topic} `.repeat(300)}`)
    await expect(page).toHaveURL(/\/chat\//)
    await expect.poll(async () => (await snapshot()).messages.length).toBe(2 * (index + 1))
  }
  const marker = answers(page).getByText('What came before is summarised for the model').first()
  await expect(marker).toBeVisible()
  await marker.click()
  await expect(answers(page).getByText('All that was said is kept here.').first()).toBeVisible()
  await page.reload()
  expect(textOf((await snapshot()).messages[0]?.parts ?? [])).toContain('The first word is first.')
  await expect(marker).toBeVisible()
})
