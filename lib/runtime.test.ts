import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readConfig } from '#lib/config.ts'
import { textOf } from '#lib/protocol/index.ts'
import { chatChunk, chatEnd, event } from '#lib/providers/testing/chat-format.ts'
import { startScriptedProvider } from '#lib/providers/testing/scripted-provider.ts'
import { openRuntime } from './runtime.ts'

afterEach(() => vi.restoreAllMocks())

test('what a provider sends and nobody knows is counted, and told to the operator once', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  const strange = event({ type: 'telemetry\n' })
  const provider = await startScriptedProvider()
  provider.play({ steps: [chatChunk({ content: 'Well' }), strange, strange, chatEnd()].map((text) => ({ text })) })
  const dataFolder = mkdtempSync(join(tmpdir(), 'rill-runtime-'))
  const runtime = await openRuntime(
    readConfig({ RILL_DATA_DIR: dataFolder, RILL_MODEL: 'openai-compatible/x', OPENAI_BASE_URL: provider.baseURL }),
  )
  const userId = await runtime.auth.localOwner()
  const { id } = await runtime.sessions.create(userId, { title: 'A title' })
  await runtime.sessions.send(userId, id, { text: 'Hello' })
  await vi.waitFor(async () => {
    const { messages } = await runtime.sessions.snapshot(userId, id)
    expect(textOf(messages[1]?.parts ?? [])).toBe('Well')
  })
  await runtime.agent.settled()
  expect([...runtime.ignored]).toEqual([['"telemetry?"', 2]])
  expect(lines.mock.calls).toEqual([
    ['[rill] The provider openai-compatible sent "telemetry?", which this version does not know; it is ignored.'],
  ])
  await runtime.stop()
  await provider.close()
  rmSync(dataFolder, { recursive: true })
})
