import { expect, test } from 'vitest'
import { createEventLog, createMemoryBus, createMemoryStorage } from '#lib/log/index.ts'
import { type NewEvent, newId, textOf } from '#lib/protocol/index.ts'
import { RunLog } from './run-log.ts'
import { type ClaimedRun, pendingState } from './store.ts'

/** A run's log in one instance, and another instance that writes to the same session. */
async function rig() {
  const [sessionId, runId] = [newId(), newId()]
  const storage = createMemoryStorage({ hasSession: () => true, runningEpoch: () => 1, finishedBefore: () => new Map() })
  const [here, there] = [createEventLog(storage, createMemoryBus()), createEventLog(storage, createMemoryBus())]
  const at = new Date().toISOString()
  const started: NewEvent = { type: 'run:started', runId, provider: 'p', model: 'm', messageId: newId(), parentId: newId(), epoch: 1 }
  await there.append(sessionId, [started])
  const session = { id: sessionId, title: null, createdAt: at, updatedAt: at }
  const state = pendingState(session, { id: runId, position: 0, createdAt: at })
  const run: ClaimedRun = {
    id: runId,
    sessionId,
    epoch: 1,
    answerId: newId(),
    messageId: newId(),
    isCancelled: false,
    startedAt: at,
    history: [],
    state,
  }
  const log = new RunLog(here, run, () => {})
  here.onCommitted((entries) => {
    for (const entry of entries) log.fold(entry)
  })
  const say = (content: string) => there.append(sessionId, [{ type: 'llm:chunk', runId, chunkType: 'text', content }])
  const title = () => there.append(sessionId, [{ type: 'session:title-updated', title: 'T' }])
  return { log, say, title, head: () => here.head(sessionId) }
}

test('what another instance writes stands in its place before what is appended here', async () => {
  const { log, say } = await rig()
  await log.catchUp(1)
  await say('there, ')
  await log.append({ type: 'llm:chunk', chunkType: 'text', content: 'here' })
  expect(textOf(log.answer.parts)).toBe('there, here')
  expect(log.state.cursor).toBe(3)
})

test('many appends at once wait for what was missed', async () => {
  const { log, say, title, head } = await rig()
  await title()
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      if (index % 3 === 0) await say('.')
      await log.append({ type: 'llm:tool-call', callId: `c${index}`, toolName: 't', args: {} })
      expect(log.answer.parts.some((part) => part.type === 'tool' && part.callId === `c${index}`)).toBe(true)
    }),
  )
  await log.settle()
  expect(textOf(log.answer.parts)).toBe('....')
  expect(log.state.cursor).toBe(await head())
})

test('it reads on to where the log is said to stand', async () => {
  const { log, say } = await rig()
  const head = await say('all of it')
  await log.catchUp(head)
  expect(textOf(log.answer.parts)).toBe('all of it')
})
