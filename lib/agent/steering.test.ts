import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type Message, newId, type RillEvent, textOf } from '#lib/protocol/index.ts'
import { tool } from '#lib/tools/index.ts'
import { all, next, startAgent } from './testing/start-agent.ts'

/** A tool that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>()
  const wait = tool({ name: 'wait', description: 'Waits.', inputSchema: z.object({}), execute: () => promise })
  return { wait, release: () => resolve('released') }
}

const WAIT = [{ say: 'One. ' }, { call: 'wait', args: {} }]
const said = (message: Message | undefined) => textOf(message?.parts ?? [])

describe('steering', () => {
  test('is given to the agent between two steps, and stands in the answer where it was heard', async () => {
    const { wait, release } = held()
    const { agent, model, store, sessionId } = await startAgent([WAIT, [{ say: 'Two.' }]], { tools: [wait] })
    const events = agent.stream('Go', { sessionId }).then(all)
    await next(agent, 'llm:tool-call')
    const { isRunnable, messageId } = await agent.send({ sessionId, text: 'In French', mode: 'steer' })
    expect(isRunnable).toBe(false)
    expect((await store.snapshot(sessionId))?.queue).toMatchObject([{ id: messageId, mode: 'steer' }])
    release()
    const seen = await events
    expect(seen.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'stop', stepCount: 2 })
    expect(model.requests[1]?.messages.at(-1)?.parts).toMatchObject([
      { type: 'text' },
      { type: 'tool' },
      { type: 'steer', text: 'In French', messageId },
    ])
    const snapshot = await store.snapshot(sessionId)
    expect(snapshot?.queue).toEqual([])
    expect(snapshot?.messages).toHaveLength(2)
    expect(snapshot?.messages[1]?.parts.map(({ type }) => type)).toEqual(['text', 'tool', 'steer', 'text'])
    expect(await store.activeRunId(sessionId)).toBeNull()
  })

  test('that comes while the last words are written is still answered', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { agent, model, sessionId } = await startAgent([[{ say: 'All ' }, { until: promise }, { say: 'done.' }], [{ say: ' More.' }]])
    const events = agent.stream('Go', { sessionId }).then(all)
    await next(agent, 'llm:chunk')
    await agent.send({ sessionId, text: 'And more', mode: 'steer' })
    resolve()
    expect((await events).find((event) => event.type === 'llm:response')).toMatchObject({ content: 'All done. More.' })
    expect(model.requests).toHaveLength(2)
  })

  test('that a run was stopped before it heard is answered after it', async () => {
    const { agent, store, sessionId } = await startAgent([[{ say: 'x' }, { hang: true }], [{ say: 'Steered.' }]])
    const events = agent.stream('Go', { sessionId }).then(all)
    await next(agent, 'llm:chunk')
    const { runId } = await agent.send({ sessionId, text: 'Never mind', mode: 'steer' })
    const ended = new Promise<RillEvent>((resolve) => agent.on('run:complete', (event) => event.runId === runId && resolve(event)))
    await agent.cancel(sessionId)
    await events
    expect(await ended).toMatchObject({ finishReason: 'stop' })
    expect((await store.snapshot(sessionId))?.messages.map(said)).toEqual(['Go', 'x', 'Never mind', 'Steered.'])
  })

  test('that a failed run did not hear is answered after it', async () => {
    const { promise: told, resolve: tell } = Promise.withResolvers<void>()
    const { agent, store, sessionId } = await startAgent([
      [{ say: 'x' }, { until: told }, { fail: 'provider-auth', recoverable: false }],
      [{ say: 'Steered.' }],
    ])
    const events = agent.stream('Go', { sessionId }).then(all)
    await next(agent, 'llm:chunk')
    const { runId } = await agent.send({ sessionId, text: 'Still here', mode: 'steer' })
    const ended = new Promise<RillEvent>((resolve) => agent.on('run:complete', (event) => event.runId === runId && resolve(event)))
    tell()
    await expect(events).rejects.toMatchObject({ code: 'provider-auth' })
    await ended
    expect((await store.snapshot(sessionId))?.messages.map(said)).toEqual(['Go', 'x', 'Still here', 'Steered.'])
  })

  test('that a failed run heard is heard again when it is tried again', async () => {
    const { wait, release } = held()
    const { agent, model, sessionId } = await startAgent(
      [WAIT, [{ fail: 'provider-auth', recoverable: false }], [{ say: 'En français.' }]],
      { tools: [wait] },
    )
    const events = agent.stream('Go', { sessionId }).then(all)
    await next(agent, 'llm:tool-call')
    const { messageId } = await agent.send({ sessionId, text: 'In French', mode: 'steer' })
    release()
    await expect(events).rejects.toMatchObject({ code: 'provider-auth' })
    const ended = next(agent, 'run:complete')
    await agent.retry(sessionId)
    await ended
    expect(model.requests[2]?.messages.map(({ parts }) => parts.map((part) => ('text' in part ? part.text : part.type)))).toEqual([
      ['Go'],
      ['In French'],
    ])
    expect(model.requests[2]?.messages.at(-1)?.parts).toMatchObject([{ type: 'steer', messageId }])
  })

  test('sent to a session that is not busy begins a run, and sent again is the same message', async () => {
    const { agent, store, sessionId } = await startAgent([[{ say: 'Hi' }]])
    const messageId = newId()
    const ended = next(agent, 'run:complete')
    const first = await agent.send({ sessionId, text: 'Go', messageId, mode: 'steer' })
    await ended
    const again = await agent.send({ sessionId, text: 'Go', messageId, mode: 'steer' })
    expect([first.isRunnable, again.isNew, again.runId]).toEqual([true, false, first.runId])
    expect((await store.snapshot(sessionId))?.messages).toHaveLength(2)
  })
})

describe('the queue', () => {
  async function queued(...texts: string[]) {
    const { wait, release } = held()
    const { agent, store, sessionId } = await startAgent([WAIT, [{ say: 'ok' }]], { tools: [wait] })
    const first = agent.stream('Go', { sessionId }).then(all)
    await next(agent, 'llm:tool-call')
    const ids: string[] = []
    for (const text of texts) ids.push((await agent.send({ sessionId, text })).messageId)
    const queue = async () => ((await store.snapshot(sessionId))?.queue ?? []).map((message) => [said(message), message.mode])
    /** Lets the first run end, and all that wait be answered. */
    const finish = async (runs: number) => {
      const ends = new Promise<void>((resolve) => {
        let count = 0
        agent.on('run:complete', () => {
          count += 1
          if (count === runs) resolve()
        })
      })
      release()
      await Promise.all([first, ends])
      const messages = (await store.snapshot(sessionId))?.messages ?? []
      return messages.filter(({ role }) => role === 'user').map(said)
    }
    return { agent, sessionId, ids, queue, finish }
  }

  test('is answered in the order that the user gave it, as edited', async () => {
    const { agent, sessionId, ids, queue, finish } = await queued('a', 'b', 'c')
    await agent.reorderQueue(sessionId, [ids[2], newId(), ids[0]] as string[])
    await agent.updateQueued(sessionId, ids[0] as string, { text: 'a, edited' })
    expect(await queue()).toEqual([
      ['c', 'follow-up'],
      ['a, edited', 'follow-up'],
      ['b', 'follow-up'],
    ])
    expect(await finish(4)).toEqual(['Go', 'c', 'a, edited', 'b'])
  })

  test('loses what is removed, and only that', async () => {
    const { agent, sessionId, ids, queue, finish } = await queued('a', 'b')
    await agent.removeQueued(sessionId, ids[0] as string)
    expect(await queue()).toEqual([['b', 'follow-up']])
    await expect(agent.removeQueued(sessionId, ids[0] as string)).rejects.toMatchObject({ code: 'conflict' })
    await expect(agent.updateQueued(sessionId, newId(), { text: 'x' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(agent.updateQueued(sessionId, ids[1] as string, { text: ' ' })).rejects.toMatchObject({ code: 'invalid-request' })
    expect(await finish(2)).toEqual(['Go', 'b'])
  })

  test('what waits can become steering, and is then heard by the run', async () => {
    const { agent, sessionId, ids, queue, finish } = await queued('a', 'b')
    await agent.updateQueued(sessionId, ids[1] as string, { mode: 'steer' })
    expect(await queue()).toEqual([
      ['a', 'follow-up'],
      ['b', 'steer'],
    ])
    expect(await finish(3)).toEqual(['Go', 'a'])
  })

  test('what has had its turn is not changed any more', async () => {
    const { agent, sessionId, ids, finish } = await queued('a')
    await finish(2)
    await expect(agent.updateQueued(sessionId, ids[0] as string, { text: 'late' })).rejects.toMatchObject({ code: 'conflict' })
  })
})
