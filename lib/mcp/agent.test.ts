import { expect, test } from 'vitest'
import { DextoAgent } from '#lib/agent/index.ts'
import { scriptedModel } from '#lib/agent/testing/scripted-model.ts'
import type { RillEvent } from '#lib/protocol/index.ts'
import { everythingOverStdio } from './testing/everything.ts'

test('a script gives its agent a server, and the first run has its tools', async () => {
  const llm = scriptedModel([{ call: 'everything__get-sum', args: { a: 2, b: 40 } }], [{ say: 'It is 42.' }])
  const agent = new DextoAgent({ llm, mcpServers: { everything: { ...everythingOverStdio, tools: ['get-sum'] } } })
  await agent.start()
  const seen: RillEvent[] = []
  for await (const event of await agent.stream('What is 2 + 40?')) seen.push(event)
  expect(llm.requests[0]?.tools.map(({ name }) => name)).toContain('everything__get-sum')
  expect(seen.find((event) => event.type === 'llm:tool-result')).toMatchObject({ success: true, result: 'The sum of 2 and 40 is 42.' })
  await agent.stop()
  expect(agent.mcp?.tools()).toEqual([])
})

test('a server that cannot be started does not keep the agent from answering', async () => {
  const agent = new DextoAgent({ llm: scriptedModel([{ say: 'Hello.' }]), mcpServers: { gone: { command: '/nowhere/program' } } })
  await agent.start()
  expect((await agent.generate('Hello')).content).toBe('Hello.')
  expect(agent.mcp?.status()).toMatchObject([{ name: 'gone', status: 'failed' }])
  await agent.stop()
})

test('servers that are not described as they must be are refused at once', () => {
  expect(() => new DextoAgent({ llm: scriptedModel([]), mcpServers: { x: {} as never } })).toThrow(/x: needs "command"/)
})
