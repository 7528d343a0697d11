import type { Page } from '@playwright/test'
import type { Snapshot } from '#lib/protocol/index.ts'
import { answers, expect, NETWORK_ERRORS, say, test } from './fixtures.ts'

const userWords = (page: Page) => page.getByRole('article', { name: 'You', exact: true })

/** Calls the API as the page's visitor, on the session that the page shows. */
function apiOf(page: Page) {
  const { origin, pathname } = new URL(page.url())
  const session = `${origin}/api/sessions/${pathname.split('/').at(-1)}`
  return {
    snapshot: async () => (await (await page.request.get(session)).json()) as Snapshot,
    async ask<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, data?: object): Promise<T> {
      const response = await page.request.fetch(`${session}/${path}`, { method, ...(data && { data }) })
      expect(response.ok(), `${method} ${path}: ${response.status()}`).toBe(true)
      return (await response.json()) as T
    },
  }
}

test.describe('branches', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('are alike in every tab, and none is lost on a reload or a SIGKILL', async ({ page, context, startServer, provider }) => {
    const env = { OPENAI_BASE_URL: provider.url }
    const server = await startServer({ env })
    await page.goto(server.url)
    await say(page, 'One')
    await expect(answers(page)).toHaveCount(1)
    await say(page, 'Two')
    await expect(answers(page)).toHaveCount(2)
    const other = await context.newPage()
    await other.goto(page.url())
    const tabs = [page, other]
    const expectWords = async (...words: string[]) => {
      for (const tab of tabs) {
        await expect(userWords(tab)).toHaveText(words)
        await expect(answers(tab)).toHaveCount(words.length)
      }
    }
    await expectWords('One', 'Two')
    const { snapshot, ask } = apiOf(page)
    const [one, oneAnswer, two, twoAnswer] = (await snapshot()).messages.map(({ id }) => id)

    const edited = await ask<{ messageId: string }>('POST', 'messages', { text: 'Two, anew', replaces: two })
    await expectWords('One', 'Two, anew')
    await ask('POST', 'branch', { messageId: two })
    await expectWords('One', 'Two')
    await ask('POST', 'regenerate', { messageId: twoAnswer })
    await expect.poll(async () => (await snapshot()).activeRun).toBeNull()
    await expectWords('One', 'Two')
    const again = (await snapshot()).messages[3]?.id
    const branches = { [`${oneAnswer}`]: [two, edited.messageId], [`${two}`]: [twoAnswer, again] }
    expect((await snapshot()).branches).toEqual(branches)

    const { messageIds } = await ask<{ messageIds: string[] }>('DELETE', `messages/${oneAnswer}`)
    expect(messageIds).toEqual([one, oneAnswer])
    await expectWords('Two')
    await ask('POST', 'messages/restore', { messageIds })
    await expectWords('One', 'Two')

    // Killed while a branch is being written.
    const release = provider.hold(10)
    const third = await ask<{ messageId: string }>('POST', 'messages', { text: 'One, anew', replaces: one })
    for (const tab of tabs) await expect(tab.getByRole('article', { name: 'Answer being written' })).toContainText('w9')
    await server.stop('SIGKILL')
    release()
    await startServer({ env, dataFolder: server.dataFolder, port: server.port })
    await expectWords('One, anew')
    for (const tab of tabs) await expect(answers(tab).locator('.prose')).toHaveText([provider.text.trim()])
    await ask('POST', 'branch', { messageId: two })
    await expectWords('One', 'Two')
    await Promise.all(tabs.map((tab) => tab.reload()))
    await expectWords('One', 'Two')
    expect((await snapshot()).branches).toEqual({ '': [one, third.messageId], ...branches })
  })
})
