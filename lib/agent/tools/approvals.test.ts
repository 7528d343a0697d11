import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as z from 'zod'
import type { RillEvent } from '#lib/protocol/index.ts'
import { type Tool, tool } from '#lib/tools/index.ts'
import type { DextoAgent } from '../agent.ts'
import { createMemoryStore } from '../memory/memory-store.ts'
import { APPROVAL_HOURS } from '../store.ts'
import { all, next, startAgent } from '../testing/start-agent.ts'

const CALL = { call: 'remove', args: { path: '/a' } }
const DONE = [{ say: 'done' }]

/** A tool that asks, and the arguments that it was run with. */
function asking(): { remove: Tool; ran: unknown[] } {
  const ran: unknown[] = []
  const remove = tool({
    name: 'remove',
    description: 'Removes a file.',
    inputSchema: z.object({ path: z.string() }),
    needsApproval: true,
    execute: (input) => ran.push(input),
  })
  return { remove, ran }
}

const resultsIn = (events: RillEvent[]) => events.filter((event) => event.type === 'llm:tool-result')

describe('a call that needs a person', () => {
  test('is run with exactly what was shown, once it is allowed', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[{ say: 'Wait. ' }, CALL], DONE], { tools: [remove] })
    const asked = next(agent, 'approval:request')
    const events = agent.stream('x', { sessionId }).then(all)
    const request = await asked
    expect(request).toMatchObject({ toolName: 'remove', args: { path: '/a' } })
    await next(agent, 'run:waiting')
    expect(ran).toEqual([])
    await agent.respond(request.approvalId, { approved: true })
    const seen = await events
    expect(ran).toEqual([{ path: '/a' }])
    expect(resultsIn(seen)).toMatchObject([{ success: true }])
    expect(seen.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'stop', stepCount: 2 })
    const snapshot = await agent.generate('y', { sessionId }).then(() => seen.find((event) => event.type === 'llm:response'))
    expect(snapshot).toMatchObject({ content: 'Wait. done' })
  })

  test('shows no joint where it waited, and joins no worker that was lost', async () => {
    const { remove } = asking()
    const { agent, store, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    agent.on('approval:request', ({ approvalId }) => agent.respond(approvalId, { approved: true }))
    await agent.generate('x', { sessionId })
    expect((await store.snapshot(sessionId))?.messages.at(-1)).toMatchObject({ joints: [] })
  })

  test('is not run when it is denied; the model is told why', async () => {
    const { remove, ran } = asking()
    const { agent, model, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    agent.on('approval:request', ({ approvalId }) => agent.respond(approvalId, { approved: false, reason: 'Not that one' }))
    const { toolCalls } = await agent.generate('x', { sessionId })
    expect(ran).toEqual([])
    expect(toolCalls).toMatchObject([{ success: false, error: 'The user denied this call: Not that one.' }])
    expect(model.requests[1]?.messages.at(-1)?.parts).toMatchObject([{ status: 'denied', reason: 'Not that one' }])
  })

  test('does not hold up the calls beside it', async () => {
    const { remove } = asking()
    const { agent, sessionId } = await startAgent([[CALL, { call: 'calculator', args: { expression: '1+1' } }], DONE], { tools: [remove] })
    const asked = next(agent, 'approval:request')
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId } = await asked
    expect(await next(agent, 'llm:tool-result')).toMatchObject({ toolName: 'calculator', success: true })
    await next(agent, 'run:waiting')
    await agent.respond(approvalId, { approved: true })
    expect(resultsIn(await events)).toHaveLength(2)
  })

  test('two of one step are decided one by one, and each runs as soon as it may', async () => {
    const { remove, ran } = asking()
    const second = { call: 'remove', id: 'second', args: { path: '/b' } }
    const { agent, sessionId } = await startAgent([[CALL, second], DONE], { tools: [remove] })
    const requests: string[] = []
    agent.on('approval:request', ({ approvalId }) => requests.push(approvalId))
    const events = agent.stream('x', { sessionId }).then(all)
    await next(agent, 'run:waiting')
    await agent.respond(requests[1] as string, { approved: true })
    await next(agent, 'run:waiting')
    expect(ran).toEqual([{ path: '/b' }])
    await agent.respond(requests[0] as string, { approved: true })
    await events
    expect(ran).toEqual([{ path: '/b' }, { path: '/a' }])
  })

  test('the first decision stands, and what is not there is said', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    const asked = next(agent, 'approval:request')
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId } = await asked
    const outcomes = await Promise.allSettled([
      agent.respond(approvalId, { approved: false }),
      agent.respond(approvalId, { approved: true }),
      agent.respond(approvalId, { approved: true }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    await events
    expect(ran).toEqual([])
    await expect(agent.respond(approvalId, { approved: true })).rejects.toMatchObject({ code: 'conflict' })
    await expect(agent.respond('nothing', { approved: true })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('Stop ends a run that waits, and the next message works', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId, store } = await startAgent([[CALL], DONE], { tools: [remove] })
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId } = await next(agent, 'approval:request')
    await next(agent, 'run:waiting')
    expect(await agent.cancel(sessionId)).toBe(true)
    expect((await events).at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
    expect((await store.snapshot(sessionId))?.messages.at(-1)?.parts).toMatchObject([{ status: 'denied', reason: 'The run ended.' }])
    await expect(agent.respond(approvalId, { approved: true })).rejects.toMatchObject({ code: 'conflict' })
    expect((await agent.generate('y', { sessionId })).content).toBe('done')
    expect(ran).toEqual([])
  })

  test('Stop in the moment in which it begins to wait ends it too', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    const asked = next(agent, 'approval:request').then(() => agent.cancel(sessionId))
    const events = await all(await agent.stream('x', { sessionId }))
    expect(await asked).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
    expect(ran).toEqual([])
  })

  test('what its steps used is counted across its waits, and a limit on tokens holds', async () => {
    const { remove } = asking()
    const allowAll = (agent: DextoAgent) =>
      agent.on('run:waiting', async () => {
        for (const approvalId of requests.splice(0)) await agent.respond(approvalId, { approved: true })
      })
    const requests: string[] = []
    const call = (path: string) => [{ call: 'remove', id: path, args: { path } }]
    const free = await startAgent([call('/a'), call('/b'), DONE], { tools: [remove] })
    free.agent.on('approval:request', ({ approvalId }) => requests.push(approvalId))
    allowAll(free.agent)
    expect((await free.agent.generate('x', { sessionId: free.sessionId })).usage.totalTokens).toBe(45)

    const limited = await startAgent([call('/a'), call('/b'), call('/c'), DONE], { tools: [remove], limits: { tokens: 20 } })
    limited.agent.on('approval:request', ({ approvalId }) => requests.push(approvalId))
    allowAll(limited.agent)
    expect((await limited.agent.generate('x', { sessionId: limited.sessionId })).finishReason).toBe('max-steps')
    expect(limited.model.requests).toHaveLength(2)
  })

  test('is not run when its policy forbids it by the time that it is allowed', async () => {
    const store = createMemoryStore()
    const first = await startAgent([[CALL]], { tools: [asking().remove], store, dispatch: (runId) => void first.agent.execute(runId) })
    await first.agent.send({ sessionId: first.sessionId, text: 'x' })
    const { approvalId } = await next(first.agent, 'approval:request')
    await next(first.agent, 'run:waiting')
    await first.agent.stop()
    const { remove, ran } = asking()
    const second = await startAgent([DONE], { tools: [remove], store, policies: { remove: 'deny' } })
    const result = next(second.agent, 'llm:tool-result')
    const ended = next(second.agent, 'run:complete')
    await second.agent.respond(approvalId, { approved: true })
    expect(await result).toMatchObject({ success: false, error: expect.stringContaining('deny') })
    await ended
    expect(ran).toEqual([])
  })

  test('takes no content where there is no form', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    const asked = next(agent, 'approval:request')
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId } = await asked
    await expect(agent.respond(approvalId, { approved: true, content: { path: '/b' } })).rejects.toMatchObject({ code: 'invalid-request' })
    await agent.respond(approvalId, { approved: true })
    await events
    expect(ran).toEqual([{ path: '/a' }])
  })

  test('waits beyond its agent: another one goes on after the decision, with no time lost', async () => {
    const store = createMemoryStore()
    const first = await startAgent([[CALL]], { tools: [asking().remove], store, dispatch: (runId) => void first.agent.execute(runId) })
    const accepted = await first.agent.send({ sessionId: first.sessionId, text: 'x' })
    const { approvalId } = await next(first.agent, 'approval:request')
    await next(first.agent, 'run:waiting')
    await first.agent.stop()
    const { remove, ran } = asking()
    const second = await startAgent([DONE], { tools: [remove], store, limits: { durationMs: 60_000 } })
    const ended = next(second.agent, 'run:complete')
    await second.agent.respond(approvalId, { approved: true })
    expect(await ended).toMatchObject({ runId: accepted.runId, finishReason: 'stop' })
    expect(ran).toEqual([{ path: '/a' }])
  })

  test('nobody decides: after a day that is a refusal, also for who comes too late', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId, expiresAt, at } = await next(agent, 'approval:request')
    expect(Date.parse(expiresAt) - Date.parse(at)).toBeGreaterThan((APPROVAL_HOURS - 1) * 3_600_000)
    await next(agent, 'run:waiting')
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse(expiresAt) + 1)
    await expect(agent.respond(approvalId, { approved: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/in time/),
    })
    clock.mockRestore()
    expect(resultsIn(await events)).toMatchObject([{ success: false, error: 'The user denied this call: Nobody decided in time.' }])
    expect(ran).toEqual([])
  })

  test('the agent itself refuses what nobody decided', async () => {
    const { remove } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    const events = agent.stream('x', { sessionId }).then(all)
    const { expiresAt } = await next(agent, 'approval:request')
    await next(agent, 'run:waiting')
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse(expiresAt) + 1)
    await agent.expireApprovals()
    clock.mockRestore()
    expect((await events).find((event) => event.type === 'approval:response')).toMatchObject({ approved: false, by: 'expiry' })
  })
})

describe('what is remembered', () => {
  /** How many times the user was asked in two runs of the same call, in which sessions. */
  async function askedTwice(
    remember: 'call' | 'session' | 'always',
    sessions: 1 | 2,
    change?: (agent: DextoAgent) => void,
    approved = true,
  ) {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE, [CALL], DONE], { tools: [remove] })
    let asked = 0
    agent.on('approval:request', ({ approvalId }) => {
      asked += 1
      return agent.respond(approvalId, { approved, remember })
    })
    await agent.generate('x', { sessionId })
    change?.(agent)
    await agent.generate('y', { sessionId: sessions === 1 ? sessionId : (await agent.createSession({ title: 'Other' })).id })
    return { asked, ran: ran.length }
  }

  test.each([
    ['call', 1, 2],
    ['session', 1, 1],
    ['session', 2, 2],
    ['always', 1, 1],
    ['always', 2, 1],
  ] as const)('for "%s", in %i session(s): asked %i time(s)', async (remember, sessions, asked) => {
    expect(await askedTwice(remember, sessions)).toEqual({ asked, ran: 2 })
  })

  test('a refusal, too', async () => {
    expect(await askedTwice('session', 1, undefined, false)).toEqual({ asked: 1, ran: 0 })
  })

  test('holds for the tool as it was: when it says something else of itself, the user is asked again', async () => {
    const changed = { ...asking().remove, description: 'Removes a file, and all others.' }
    expect(await askedTwice('always', 1, (agent) => agent.addTool(changed))).toMatchObject({ asked: 2 })
  })

  test('a tool that changes after it was allowed, before it is run, is asked about again', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove] })
    const events = agent.stream('x', { sessionId }).then(all)
    const first = await next(agent, 'approval:request')
    await next(agent, 'run:waiting')
    agent.addTool({ ...remove, description: 'Does harm.' })
    const again = next(agent, 'approval:request')
    await agent.respond(first.approvalId, { approved: true })
    const second = await again
    expect(ran).toEqual([])
    await next(agent, 'run:waiting')
    await agent.respond(second.approvalId, { approved: true })
    await events
    expect(ran).toHaveLength(1)
  })
})

describe('policies', () => {
  const free = tool({ name: 'free', description: 'Harmless.', inputSchema: z.object({ n: z.number() }), execute: () => 'ran' })
  const call = { call: 'free', args: { n: 1 } }

  test('"deny" runs nothing and asks nobody', async () => {
    const { agent, sessionId } = await startAgent([[call], DONE], { tools: [free], policies: { free: 'deny' } })
    expect((await agent.generate('x', { sessionId })).toolCalls).toMatchObject([
      { success: false, error: expect.stringMatching(/policy is "deny"/) },
    ])
  })

  test('"always-allow" by name is over what the tool says', async () => {
    const { remove, ran } = asking()
    const { agent, sessionId } = await startAgent([[CALL], DONE], { tools: [remove], policies: { remove: 'always-allow', '*': 'deny' } })
    await agent.generate('x', { sessionId })
    expect(ran).toHaveLength(1)
  })

  test('"*" is for tools that say nothing of themselves', async () => {
    const { agent, sessionId } = await startAgent([[call], DONE], { tools: [free], policies: { '*': 'ask' } })
    const asked = vi.fn(({ approvalId }: { approvalId: string }) => agent.respond(approvalId, { approved: true }))
    agent.on('approval:request', asked)
    expect((await agent.generate('x', { sessionId })).toolCalls).toMatchObject([{ success: true, result: 'ran' }])
    expect(asked).toHaveBeenCalledOnce()
  })

  test.each([
    ['says yes', (n: number) => n > 5, 0],
    ['says no', (n: number) => n < 5, 1],
    [
      'throws',
      () => {
        throw new Error('no idea')
      },
      1,
    ],
  ])('a tool that decides by the arguments, and %s', async (_, decide, asked) => {
    const careful = tool({
      name: 'free',
      description: 'Harmless for some.',
      inputSchema: z.object({ n: z.number() }),
      needsApproval: ({ n }) => decide(n),
      execute: () => 'ran',
    })
    const { agent, sessionId } = await startAgent([[call], DONE], { tools: [careful] })
    let count = 0
    agent.on('approval:request', ({ approvalId }) => {
      count += 1
      return agent.respond(approvalId, { approved: true })
    })
    expect((await agent.generate('x', { sessionId })).toolCalls).toMatchObject([{ success: true }])
    expect(count).toBe(asked)
  })
})

describe('a tool that asks while it runs', () => {
  const ask = tool({
    name: 'ask',
    description: 'Asks.',
    inputSchema: z.object({}),
    timeoutMs: 200,
    execute: (_, context) =>
      context.ask({ message: 'Which colour?', schema: { type: 'object', properties: { colour: { type: 'string' } } } }),
  })
  const asks = [[{ call: 'ask', args: {} }], DONE]

  test('gets what was filled in, and its deadline does not count meanwhile', async () => {
    const { agent, sessionId } = await startAgent(asks, { tools: [ask] })
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId, form } = await next(agent, 'approval:request')
    expect(form).toMatchObject({ message: 'Which colour?' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await agent.respond(approvalId, { approved: true, content: { colour: 'blue' } })
    expect(resultsIn(await events)).toMatchObject([{ success: true, result: { approved: true, content: { colour: 'blue' } } }])
  })

  test('is told when the user declines', async () => {
    const { agent, sessionId } = await startAgent(asks, { tools: [ask] })
    agent.on('approval:request', ({ approvalId }) => agent.respond(approvalId, { approved: false, reason: 'No colour' }))
    const { toolCalls } = await agent.generate('x', { sessionId })
    expect(toolCalls).toMatchObject([{ success: true, result: { approved: false, reason: 'No colour' } }])
  })

  test('may need no answer any more: nothing is asked then, and it goes on', async () => {
    const giveUp = new AbortController()
    const impatient = tool({
      name: 'ask',
      description: 'Asks.',
      inputSchema: z.object({}),
      execute: async (_, context) => [
        await context.ask({ message: 'Which colour?', schema: {}, signal: giveUp.signal }),
        await context.ask({ message: 'And now?', schema: {}, signal: giveUp.signal }),
      ],
    })
    const { agent, sessionId } = await startAgent(asks, { tools: [impatient] })
    const events = agent.stream('x', { sessionId }).then(all)
    const { approvalId } = await next(agent, 'approval:request')
    giveUp.abort()
    const no = { approved: false, reason: 'The tool needs no answer any more.' }
    expect(await next(agent, 'approval:response')).toMatchObject({ approvalId, ...no })
    expect(resultsIn(await events)).toMatchObject([{ success: true, result: [no, { approved: false }] }])
    await expect(agent.respond(approvalId, { approved: true, content: {} })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('is left by Stop', async () => {
    const { agent, sessionId } = await startAgent(asks, { tools: [ask] })
    const events = agent.stream('x', { sessionId }).then(all)
    await next(agent, 'approval:request')
    await agent.cancel(sessionId)
    expect((await events).at(-1)).toMatchObject({ finishReason: 'cancelled' })
  })

  test('asks one question at a time', async () => {
    const twice = tool({
      name: 'ask',
      description: 'Asks twice.',
      inputSchema: z.object({}),
      execute: (_, context) => Promise.all([1, 2].map((n) => context.ask({ message: `Question ${n}`, schema: {} }))),
    })
    const { agent, sessionId } = await startAgent(asks, { tools: [twice] })
    const messages: (string | undefined)[] = []
    agent.on('approval:request', ({ approvalId, form }) => {
      messages.push(form?.message)
      return agent.respond(approvalId, { approved: true, content: { n: messages.length } })
    })
    const { toolCalls } = await agent.generate('x', { sessionId })
    expect(messages).toEqual(['Question 1', 'Question 2'])
    expect(toolCalls).toMatchObject([{ result: [{ content: { n: 1 } }, { content: { n: 2 } }] }])
  })
})

test('a tool that does not say in time whether it must ask asks', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { promise: judged, resolve } = Promise.withResolvers<void>()
  const never = tool({
    name: 'remove',
    description: 'Removes.',
    inputSchema: z.object({}),
    needsApproval: () => {
      resolve()
      return new Promise(() => {})
    },
    execute: () => 'removed',
  })
  const { agent, sessionId } = await startAgent([[{ call: 'remove', args: {} }], DONE], { tools: [never] })
  const asked = next(agent, 'approval:request')
  const events = agent.stream('x', { sessionId }).then(all)
  await judged
  await vi.advanceTimersByTimeAsync(10_000)
  const { approvalId } = await asked
  vi.useRealTimers()
  await agent.respond(approvalId, { approved: false })
  await events
})
