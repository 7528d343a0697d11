import { expect, test } from 'vitest'
import * as z from 'zod'
import { type JsonValue, type NewEvent, newId, type RillEvent } from '#lib/protocol/index.ts'
import { fingerprintOf, tool } from '#lib/tools/index.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import type { RunEvent } from './run-log.ts'
import type { ClaimedRun } from './store.ts'
import { next, startAgent } from './testing/start-agent.ts'

const USAGE = { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
const DONE = [{ say: 'done' }]

function counted(name: string, more: { repeatable?: boolean; needsApproval?: boolean } = {}) {
  const ran: unknown[] = []
  const made = tool({
    name,
    description: 'Counts.',
    inputSchema: z.object({ n: z.number() }),
    execute: ({ n }) => {
      ran.push(n)
      return n
    },
    ...more,
  })
  return { made, ran }
}

const called = (toolName: string, n: number): RunEvent => ({ type: 'llm:tool-call', callId: `c${n}`, toolName, args: { n } })
const thinking = (step: number): RunEvent => ({ type: 'llm:thinking', step, usage: USAGE })
const result = (toolName: string, n: number): RunEvent => ({
  type: 'llm:tool-result',
  callId: `c${n}`,
  toolName,
  success: true,
  result: n,
  durationMs: 1,
})

/** A run whose worker wrote this, and died. */
async function abandoned(events: RunEvent[]) {
  const store = createMemoryStore()
  const { id: sessionId } = await store.createSession({ title: 'Test' })
  const { runId } = await store.acceptMessage({ sessionId, messageId: newId(), text: 'Go' })
  const run = (await store.claimRun(runId, { provider: 'scripted', model: 'script-1' })) as ClaimedRun
  await store.log.append(
    sessionId,
    events.map((event) => ({ ...event, runId }) as NewEvent),
    { runId, epoch: run.epoch },
  )
  return { store, run, runId, sessionId }
}

async function takeOver(rig: Awaited<ReturnType<typeof abandoned>>, tools: ReturnType<typeof counted>[], answers = [DONE]) {
  const { agent, model } = await startAgent(answers, { store: rig.store, tools: tools.map(({ made }) => made) })
  await agent.execute(rig.runId)
  const entries = await rig.store.log.read(rig.sessionId, 0, 1_000)
  const events: RillEvent[] = entries.map(({ event }) => event)
  const errors = events.flatMap((event) => (event.type === 'llm:tool-result' && !event.success ? event.error : []))
  return { agent, model, events, errors, last: events.at(-1) }
}

test('a call that had begun is not made again unless it may be; the model is told that its outcome is unknown', async () => {
  const [once, often] = [counted('once'), counted('often', { repeatable: true })]
  const rig = await abandoned([thinking(1), called('once', 1), called('often', 2), called('once', 3), result('once', 3)])
  const { errors, last, model } = await takeOver(rig, [once, often])
  expect([once.ran, often.ran]).toEqual([[], [2]])
  expect(errors).toEqual([expect.stringContaining('Whether it took effect is unknown')])
  expect(model.requests).toHaveLength(1)
  expect(last).toMatchObject({ type: 'run:complete', finishReason: 'stop', stepCount: 2 })
})

/** A run that asked about one call, and whose worker let go of it. */
async function waiting(needing: ReturnType<typeof counted>, form?: { message: string; schema: JsonValue }) {
  const rig = await abandoned([thinking(1)])
  const approvalId = newId()
  const expiresAt = new Date(Date.now() + 60_000).toISOString()
  const approval = {
    approvalId,
    callId: 'c1',
    toolName: needing.made.name,
    args: { n: 1 },
    expiresAt,
    fingerprint: fingerprintOf(needing.made),
  }
  const call = { ...called(needing.made.name, 1), runId: rig.runId } as NewEvent
  await rig.store.requestApprovals(rig.run, [call], [{ ...approval, ...(form && { form }) }])
  return { ...rig, approvalId }
}

test('one that was allowed and not begun is made, once', async () => {
  const needing = counted('needing', { needsApproval: true })
  const rig = await waiting(needing)
  await rig.store.decide(rig.approvalId, { approved: true, by: 'somebody' })
  const { last } = await takeOver(rig, [needing])
  expect(needing.ran).toEqual([1])
  expect(last).toMatchObject({ finishReason: 'stop' })
})

test('one that was allowed and had begun is not made again', async () => {
  const needing = counted('needing', { needsApproval: true })
  const rig = await waiting(needing)
  await rig.store.decide(rig.approvalId, { approved: true, by: 'somebody' })
  const started: NewEvent = { type: 'llm:tool-started', runId: rig.runId, callId: 'c1', toolName: 'needing' }
  await rig.store.log.append(rig.sessionId, [started], { runId: rig.runId, epoch: 1 })
  const { errors } = await takeOver(rig, [needing])
  expect(needing.ran).toEqual([])
  expect(errors).toHaveLength(1)
})

test('one that still waits is waited for, without a call to the model', async () => {
  const needing = counted('needing', { needsApproval: true })
  const rig = await waiting(needing)
  const { agent, model, last } = await takeOver(rig, [needing])
  expect(last).toMatchObject({ type: 'run:waiting' })
  expect(model.requests).toHaveLength(0)
  const ended = next(agent, 'run:complete')
  await agent.respond(rig.approvalId, { approved: true })
  await ended
  expect(needing.ran).toEqual([1])
})

test('one whose tool asked something is over: whoever asked is gone', async () => {
  const asking = counted('asking', { repeatable: true })
  const rig = await waiting(asking, { message: 'Which?', schema: {} })
  const { errors, last } = await takeOver(rig, [asking])
  expect(errors).toHaveLength(1)
  expect(asking.ran).toEqual([])
  expect(last).toMatchObject({ finishReason: 'stop' })
})

test('what the user said meanwhile is not taken back with the step that is made again', async () => {
  const rig = await abandoned([thinking(1), { type: 'llm:chunk', chunkType: 'text', content: 'First. ' }])
  await rig.store.acceptMessage({ sessionId: rig.sessionId, messageId: newId(), text: 'Shorter!', mode: 'steer' })
  expect(await rig.store.takeSteering(rig.run)).toBe(await rig.store.log.head(rig.sessionId))
  const cut: NewEvent = { type: 'llm:chunk', runId: rig.runId, chunkType: 'text', content: 'cut o' }
  await rig.store.log.append(rig.sessionId, [cut], { runId: rig.runId, epoch: 1 })
  const { model } = await takeOver(rig, [])
  expect(model.requests[0]?.messages.at(-1)?.parts).toMatchObject([{ text: 'First. ' }, { type: 'steer', text: 'Shorter!' }])
  const parts = (await rig.store.snapshot(rig.sessionId))?.messages.at(-1)?.parts
  expect(parts?.map((part) => ('text' in part ? part.text : part.type))).toEqual(['First. ', 'Shorter!', 'done'])
})

test('a run that people decided about again and again is none that stops its workers', async () => {
  const needing = counted('needing', { needsApproval: true })
  const calls = Array.from({ length: 15 }, (_, n) => ({ call: 'needing', id: `c${n}`, args: { n } }))
  const { agent, sessionId } = await startAgent([calls, DONE], { tools: [needing.made] })
  const requests: string[] = []
  agent.on('approval:request', ({ approvalId }) => requests.push(approvalId))
  agent.on('run:waiting', async () => {
    const approvalId = requests.shift()
    if (approvalId) await agent.respond(approvalId, { approved: true })
  })
  expect((await agent.generate('x', { sessionId })).finishReason).toBe('stop')
  expect(needing.ran).toHaveLength(15)
})

test('what the broken step has left is taken back before the conversation is shortened', async () => {
  const { made } = counted('count')
  const long = { ...result('count', 1), result: 'x'.repeat(8_000) } as RunEvent
  const rig = await abandoned([
    thinking(1),
    called('count', 1),
    long,
    thinking(2),
    { type: 'llm:chunk', chunkType: 'text', content: 'HALF' },
  ])
  const { agent, model } = await startAgent([DONE], { store: rig.store, tools: [made], contextTokens: 2_000 })
  await agent.execute(rig.runId)
  expect(JSON.stringify(model.requests)).not.toContain('HALF')
  const parts = (await rig.store.snapshot(rig.sessionId))?.messages.at(-1)?.parts
  expect(parts?.map((part) => ('text' in part ? part.text : part.type))).toEqual(['tool', 'compacted', 'done'])
})
