import { runCrashCycles } from '../bench/lib/crash-cycles.ts'
import { answers, expect, liveAnswer, NETWORK_ERRORS, say, test } from './fixtures.ts'

test.describe('a server that dies', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })
  test('killed in mid-answer and started again: the page picks the answer up where it was', async ({ page, startServer, provider }) => {
    const env = { OPENAI_BASE_URL: provider.url }
    const first = await startServer({ env })
    await page.goto(first.url)
    await say(page, 'Count slowly')
    await expect(liveAnswer(page)).toContainText('w20')
    await first.stop('SIGKILL')
    await expect(liveAnswer(page)).toContainText('w20')
    await startServer({ env, dataFolder: first.dataFolder, port: first.port })
    await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
    await expect(answers(page)).toContainText('Resumed after the server restarted')
    await expect(answers(page)).toHaveCount(1)
  })
})

test('five crashes at random moments lose nothing and repeat nothing', async () => {
  test.setTimeout(180_000)
  const result = await runCrashCycles(5)
  expect(result.problems).toEqual([])
  expect(result).toMatchObject({ cycles: 5, takenOver: 5, bytesLost: 0, duplicated: 0 })
})

test('SIGTERM ends the server cleanly, and a second server on its folder is refused while it lives', async ({ startServer }) => {
  const server = await startServer()
  await expect(startServer({ dataFolder: server.dataFolder })).rejects.toThrow(/The data folder .+ is in use by process \d+/)
  expect(await server.stop('SIGTERM')).toBe(0)
  const again = await startServer({ dataFolder: server.dataFolder })
  expect(await again.stop('SIGINT')).toBe(0)
})

test('settings that are wrong end the start with the name of the variable', async ({ startServer }) => {
  await expect(startServer({ env: { RILL_MODEL: 'openai/gpt-5-mini' } })).rejects.toThrow(/OPENAI_API_KEY is missing/)
  await expect(startServer({ env: { RILL_MODEL: 'nobody/x' } })).rejects.toThrow(/RILL_MODEL names the provider "nobody"/)
  await expect(startServer({ env: { RILL_MAX_RUNS: 'many' } })).rejects.toThrow(/RILL_MAX_RUNS/)
})
