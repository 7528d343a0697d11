import type { Page } from '@playwright/test'
import type { SessionInfo } from '#lib/protocol/index.ts'
import { answers, expect, NETWORK_ERRORS, say, test } from './fixtures.ts'
import { lookHere } from './looks.ts'
import { DEMO } from './shared-servers.ts'

const field = (page: Page) => page.getByLabel('Message', { exact: true })
const userWords = (page: Page) => page.getByRole('article', { name: 'You', exact: true })

/** As the browser does it with what is on the clipboard. */
async function paste(page: Page, text: string): Promise<void> {
  await field(page).evaluate((element: HTMLTextAreaElement, given) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', given)
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    if (element.dispatchEvent(event)) element.setRangeText(given)
  }, text)
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1} of what was pasted`).join('\n')

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 360],
] as const) {
  test.describe(`in ${colorScheme} at ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 800 }, expectedErrors: NETWORK_ERRORS })

    test('the arrow up brings earlier words back, and nothing that was typed is lost', async ({ page, demo: server }) => {
      await page.goto(server.url)
      for (const [index, text] of ['What is 6 * 7?', 'What is 6 * 8?', 'Say\ntwo lines'].entries()) {
        await say(page, text)
        await expect(answers(page)).toHaveCount(index + 1)
      }
      await page.reload()
      await field(page).press('ArrowUp')
      await expect(field(page)).toHaveValue('Say\ntwo lines')
      // Within the text the key moves the caret first.
      await field(page).press('ArrowUp')
      await expect(field(page)).toHaveValue('Say\ntwo lines')
      await field(page).press('ArrowUp')
      await expect(field(page)).toHaveValue('What is 6 * 8?')
      await field(page).press('ArrowUp')
      await field(page).press('ArrowUp')
      await expect(field(page)).toHaveValue('What is 6 * 7?')
      await field(page).press('ArrowDown')
      await expect(field(page)).toHaveValue('What is 6 * 8?')
      await field(page).press('Escape')
      await expect(field(page)).toHaveValue('')
      await field(page).press('ArrowUp')
      await field(page).press('ArrowDown')
      await expect(field(page)).toHaveValue('')

      await field(page).press('ArrowUp')
      await field(page).pressSequentially('!')
      await field(page).press('Home')
      await field(page).press('ArrowUp')
      await field(page).press('ArrowUp')
      await field(page).press('Escape')
      await expect(field(page)).toHaveValue('Say\ntwo lines!')
    })

    test('long text that is pasted stands beside the field, outlives a reload, and is sent with what was typed', async ({
      page,
      demo: server,
    }) => {
      await page.goto(server.url)
      await field(page).fill('What is in it?')
      await paste(page, lines(312))
      await paste(page, '```\n'.repeat(40))
      const blocks = page.getByRole('list', { name: 'Pasted text' }).getByRole('listitem')
      await expect(blocks).toHaveCount(2)
      await expect(blocks.first()).toContainText(/312 lines · [89] kB/)
      await page.reload()
      await expect(blocks).toHaveCount(2)
      await blocks.first().getByText('Pasted text').click()
      await expect(page.getByRole('region', { name: 'Pasted text 1' })).toContainText('line 312 of what was pasted')
      await lookHere(page, 'pasted')
      await blocks.nth(1).getByRole('button', { name: 'Edit pasted text 2 in the field' }).click()
      await expect(blocks).toHaveCount(1)
      const typed = `What is in it?\n\n${'```\n'.repeat(40)}`
      await expect(field(page)).toHaveValue(typed)
      await expect(field(page)).toBeFocused()
      await paste(page, 'x'.repeat(3_000))
      await blocks.nth(1).getByRole('button', { name: 'Remove pasted text 2' }).click()
      await expect(blocks).toHaveCount(1)

      await field(page).fill('What is in it?')
      await field(page).press('Enter')
      await expect(answers(page)).toHaveCount(1)
      await expect(blocks).toHaveCount(0)
      await page.getByRole('button', { name: 'Show all' }).click()
      await expect(userWords(page)).toHaveText(`What is in it?\n\n\`\`\`\n${lines(312)}\n\`\`\``, { useInnerText: true })
      await page.reload()
      await expect(userWords(page)).toHaveCount(1)
      await expect(blocks).toHaveCount(0)
      expect((await userWords(page).boundingBox())?.height).toBeLessThan(500)
      await lookHere(page, 'folded')
    })

    test('what is sent while the network is away waits for it, and is sent once', async ({ page, context, demo: server }) => {
      await page.goto(server.url)
      await say(page, 'What is 6 * 7?')
      await expect(answers(page)).toHaveCount(1)
      await context.setOffline(true)
      await say(page, 'What is 6 * 8?')
      await say(page, 'What is 6 * 9?')
      const waiting = page.getByText('Will be sent when the connection is back.')
      await expect(waiting).toHaveCount(2)
      await lookHere(page, 'offline')
      await context.setOffline(false)
      await expect(answers(page)).toHaveCount(3)
      await expect(waiting).toHaveCount(0)
      await expect(userWords(page)).toHaveText(['What is 6 * 7?', 'What is 6 * 8?', 'What is 6 * 9?'])
    })

    test('what waits for the network outlives a reload, beside another tab', async ({ page, context, demo: server }) => {
      await page.goto(server.url)
      await say(page, 'What is 6 * 7?')
      await expect(answers(page)).toHaveCount(1)
      const other = await context.newPage()
      await other.goto(page.url())
      await context.setOffline(true)
      await say(page, 'What is 6 * 8?')
      await expect(page.getByText('Will be sent when the connection is back.')).toBeVisible()
      await page.goto('about:blank')
      await context.setOffline(false)
      await page.goto(other.url())
      await expect(answers(page)).toHaveCount(2)
      await expect(answers(other)).toHaveCount(2)
      await expect(userWords(other)).toHaveText(['What is 6 * 7?', 'What is 6 * 8?'])
    })

    test('prompts are saved, found at "/", changed and deleted, and every device has them', async ({ page, context, demo: server }) => {
      await page.goto(server.url)
      const list = page.getByRole('listbox', { name: 'Saved prompts' })
      const dialog = page.getByRole('dialog')
      await field(page).fill('What is 6 * 7?')
      await page.getByRole('button', { name: 'Saved prompts' }).click()
      await list.getByRole('option', { name: 'Save what is typed as a prompt…' }).click()
      await dialog.getByLabel('Name').fill('Times seven')
      await expect(dialog.getByLabel('Text')).toHaveValue('What is 6 * 7?')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(dialog.getByRole('listitem')).toHaveText(/Times seven/)
      await dialog.getByRole('button', { name: 'New prompt' }).click()
      await dialog.getByLabel('Name').fill('A review')
      await dialog.getByLabel('Text').fill('Review this:')
      await lookHere(page, 'prompt-form')
      await dialog.getByLabel('Name').press('Enter')
      await expect(dialog.getByRole('listitem')).toHaveCount(2)
      await lookHere(page, 'prompt-dialog')
      await page.keyboard.press('Escape')
      await expect(dialog).toHaveCount(0)
      await expect(field(page)).toBeFocused()
      await expect(field(page)).toHaveValue('What is 6 * 7?')

      const other = await context.newPage()
      await other.goto(server.url)
      await field(other).fill('')
      await field(other).pressSequentially('/')
      const options = other.getByRole('option')
      await expect(options).toHaveText([/^A review/, /^Times seven/, 'Manage prompts…'])
      await lookHere(other, 'prompts')
      await field(other).press('ArrowDown')
      await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true')
      await expect(field(other)).toHaveAttribute('aria-activedescendant', (await options.nth(1).getAttribute('id')) ?? '')
      await field(other).press('Escape')
      await expect(options).toHaveCount(0)
      await expect(field(other)).toHaveValue('/')
      await field(other).fill('')
      await field(other).pressSequentially('/sev')
      await expect(options).toHaveText(/^Times seven/)
      await field(other).press('Enter')
      await expect(field(other)).toHaveValue('What is 6 * 7?')
      await field(other).press('Enter')
      await expect(answers(other)).toContainText('42')

      await page.getByRole('button', { name: 'Saved prompts' }).click()
      await list.getByRole('option', { name: 'Manage prompts…' }).click()
      await dialog.getByRole('button', { name: 'Delete A review' }).click()
      await expect(dialog.getByRole('listitem')).toHaveCount(1)
      await dialog.getByRole('button', { name: 'Undo' }).click()
      await expect(dialog.getByRole('listitem')).toHaveCount(2)
      await dialog.getByRole('button', { name: 'Edit Times seven' }).click()
      await dialog.getByLabel('Text').fill('What is 7 * 7?')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(dialog.getByRole('listitem').nth(1)).toContainText('What is 7 * 7?')
    })

    test('what begins with "/" and is no prompt is sent as it is', async ({ page, demo: server }) => {
      await page.goto(server.url)
      await field(page).pressSequentially('/etc/hosts')
      await field(page).press('Enter')
      await expect(userWords(page)).toHaveText('/etc/hosts')
    })

    test('a first message waits for the network too, through a reload', async ({ page, context, demo: server }) => {
      await page.goto(server.url)
      await context.setOffline(true)
      await say(page, 'What is 6 * 7?')
      await expect(page.getByText('Will be sent when the connection is back.')).toBeVisible()
      await context.setOffline(false)
      await expect(answers(page)).toContainText('42')

      await page.goto(server.url)
      await context.setOffline(true)
      await say(page, 'What is 6 * 8?')
      await expect(page.getByText('Will be sent when the connection is back.')).toBeVisible()
      await page.goto('about:blank')
      await context.setOffline(false)
      await page.goto(server.url)
      await expect(answers(page)).toContainText('48')
      await expect(field(page)).toHaveValue('')
      const titles = async (): Promise<(string | null)[]> =>
        (await (await page.request.get(`${server.url}/api/sessions`)).json()).sessions.map(({ title }: SessionInfo) => title)
      // One each, also where the page that was left made the session in its last moment.
      await expect.poll(titles).toEqual(['What is 6 8?', 'What is 6 7?'])
    })

    test('how near the limits are is said: of the model, and of a message', async ({ page, startServer }) => {
      const server = await startServer({ env: { ...DEMO, RILL_CONTEXT_TOKENS: '8000' } })
      await page.goto(server.url)
      const note = page.getByText(/^\d+ % of what the model can hold; older turns will be summarised\.$/)
      await say(page, 'What is 6 * 7?')
      await expect(answers(page)).toHaveCount(1)
      await expect(note).toHaveCount(0)
      const sessionId = page.url().split('/').at(-1)
      const { messages } = await (await page.request.get(`${server.url}/api/sessions/${sessionId}`)).json()
      // About four characters a token: near what is summarised, and not there yet.
      await say(page, 'word '.repeat((4 * (0.74 * 8_000 - messages[1].contextTokens)) / 5))
      await expect(note).toBeVisible()
      await lookHere(page, 'context')

      await field(page).fill('é'.repeat(115 * 1_024))
      await expect(page.getByText('230 kB: a message may be at most 256 kB.')).toBeVisible()
      await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled()
      await paste(page, 'x'.repeat(30 * 1_024))
      await expect(page.getByRole('alert').filter({ hasText: 'Shorten it to send it.' })).toContainText('261 kB')
      await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled()
      await lookHere(page, 'too-long')
    })
  })
}
