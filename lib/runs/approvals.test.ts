import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AgentStore, ClaimedRun, NewApproval } from '#lib/agent/index.ts'
import { databaseKinds, describeEach } from '#lib/db/testing/database.ts'
import { type NewEvent, newId } from '#lib/protocol/index.ts'
import { BY, openRig, type Rig } from './testing/rig.ts'

const USAGE = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }
const YES = { approved: true, by: 'somebody' }
const LATER = new Date(Date.now() + 3_600_000).toISOString()

describeEach(['memory', ...databaseKinds] as const)('a run that waits for a person (%s)', (kind) => {
  let rig: Rig
  let store: AgentStore
  beforeAll(async () => {
    rig = await openRig(kind)
    store = rig.store
  })
  afterAll(() => rig.close())

  async function newSession(): Promise<string> {
    return (await store.createSession({ ownerId: rig.ownerId })).id
  }

  /** A run that has asked about one call. */
  async function asked(sessionId: string, given: Partial<NewApproval> = {}): Promise<{ run: ClaimedRun; approvalId: string }> {
    const { runId } = await store.acceptMessage({ sessionId, messageId: newId(), text: 'x' })
    const run = (await store.claimRun(runId, BY)) as ClaimedRun
    const call = { callId: 'c1', toolName: 'remove', args: { path: '/a' } }
    const approval = { ...call, approvalId: newId(), expiresAt: LATER, fingerprint: 'f1', ...given }
    const thinking: NewEvent = { type: 'llm:thinking', runId, step: 1, usage: USAGE }
    await store.requestApprovals(run, [thinking, { type: 'llm:tool-call', runId, ...call }], [approval])
    return { run, approvalId: approval.approvalId }
  }

  const typesOf = async (sessionId: string) => (await store.log.read(sessionId, 0, 100)).map(({ type }) => type)
  const toolOf = async (sessionId: string) => (await store.snapshot(sessionId))?.activeRun?.answer?.parts[0]

  test('has no worker and no job, and is taken up where it was when the answer comes', async () => {
    const sessionId = await newSession()
    const { run, approvalId } = await asked(sessionId)
    expect(await toolOf(sessionId)).toMatchObject({ status: 'awaiting-approval', approvalId, args: { path: '/a' } })
    expect(await store.parkRun(run, [approvalId])).toEqual({ isRunnable: false })
    expect((await store.snapshot(sessionId))?.activeRun).toMatchObject({ phase: 'waiting' })
    expect(await store.activeRunId(sessionId)).toBe(run.id)
    expect(await store.claimRun(run.id, BY)).toBeNull()
    await expect(store.parkRun(run, [approvalId])).rejects.toMatchObject({ code: 'run-fenced' })
    const before = rig.runnable?.length ?? 0
    expect(await store.decide(approvalId, YES)).toEqual({ runId: run.id, isRunnable: true, isExpired: false })
    if (rig.runnable) expect(rig.runnable.slice(before)).toEqual([run.id])
    const again = (await store.claimRun(run.id, BY)) as ClaimedRun
    expect(again).toMatchObject({ epoch: 2, isCancelled: false })
    expect(again.state.activeRun?.answer).toMatchObject({ joints: [], parts: [{ status: 'approved', fingerprint: 'f1' }] })
    expect((await typesOf(sessionId)).slice(-5)).toEqual([
      'llm:tool-call',
      'approval:request',
      'run:waiting',
      'approval:response',
      'run:started',
    ])
  })

  test('decided before the worker let go of it: it may begin again at once', async () => {
    const sessionId = await newSession()
    const { run, approvalId } = await asked(sessionId)
    expect(await store.decide(approvalId, YES)).toMatchObject({ isRunnable: false })
    expect(await store.parkRun(run, [approvalId])).toEqual({ isRunnable: true })
    expect(await store.claimRun(run.id, BY)).toMatchObject({ epoch: 2 })
  })

  test('one decision wins, however many come at once', async () => {
    const sessionId = await newSession()
    const { run, approvalId } = await asked(sessionId)
    await store.parkRun(run, [approvalId])
    const decisions = Array.from({ length: 8 }, (_, index) => store.decide(approvalId, { approved: index % 2 === 0, by: `${index}` }))
    const outcomes = await Promise.allSettled(decisions)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
    expect((await typesOf(sessionId)).filter((type) => type === 'approval:response')).toHaveLength(1)
  })

  test('a refusal is the result of the call', async () => {
    const sessionId = await newSession()
    const { approvalId } = await asked(sessionId)
    await store.decide(approvalId, { approved: false, reason: 'No', by: 'somebody' })
    expect((await typesOf(sessionId)).slice(-2)).toEqual(['approval:response', 'llm:tool-result'])
    expect(await toolOf(sessionId)).toMatchObject({ status: 'denied', reason: 'No' })
  })

  test('what was decided too late is a refusal, and found among those that expired', async () => {
    const sessionId = await newSession()
    const expiresAt = new Date(Date.now() - 1).toISOString()
    const { approvalId } = await asked(sessionId, { expiresAt })
    expect(await store.expiredApprovals()).toContain(approvalId)
    expect(await store.decide(approvalId, YES)).toMatchObject({ isExpired: true })
    expect(await toolOf(sessionId)).toMatchObject({ status: 'denied' })
    expect(await store.expiredApprovals()).not.toContain(approvalId)
  })

  test('Stop makes it runnable, to be ended; then there is nothing to decide any more', async () => {
    const sessionId = await newSession()
    const { run, approvalId } = await asked(sessionId)
    await store.parkRun(run, [approvalId])
    expect(await store.requestCancel(run.id, BY)).toBe('runnable')
    const again = (await store.claimRun(run.id, BY)) as ClaimedRun
    expect(again.isCancelled).toBe(true)
    await store.finishRun(again, again.state, [
      { type: 'run:complete', runId: run.id, finishReason: 'cancelled', stepCount: 1, durationMs: 1 },
    ])
    await expect(store.decide(approvalId, YES)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a Stop that came before it lets go makes it runnable, to be ended', async () => {
    const sessionId = await newSession()
    const { run, approvalId } = await asked(sessionId)
    expect(await store.requestCancel(run.id, BY)).toBe('noted')
    expect(await store.parkRun(run, [approvalId])).toEqual({ isRunnable: true })
    expect(await store.claimRun(run.id, BY)).toMatchObject({ isCancelled: true })
  })

  test('a form that is not filled in as it must be still waits', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name'] }
    const { approvalId } = await asked(await newSession(), { form: { message: 'Who?', schema } })
    for (const content of [undefined, {}, { name: 1 }, { name: 'A', age: 'old' }, []] as const)
      await expect(store.decide(approvalId, { ...YES, ...(content && { content: content as never }) })).rejects.toMatchObject({
        code: 'invalid-request',
        field: 'content',
      })
    expect(await store.decide(approvalId, { ...YES, content: { name: 'A', age: 7 } })).toMatchObject({ isExpired: false })
  })

  test('what was withdrawn cannot be decided any more', async () => {
    const { approvalId } = await asked(await newSession())
    await store.withdrawApproval(approvalId)
    await expect(store.decide(approvalId, YES)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a worker that has lost the run asks nothing', async () => {
    const sessionId = await newSession()
    const { run } = await asked(sessionId)
    await store.claimRun(run.id, BY)
    const approval = { approvalId: newId(), callId: 'c2', toolName: 'remove', args: {}, expiresAt: LATER }
    await expect(store.requestApprovals(run, [], [approval])).rejects.toMatchObject({ code: 'run-fenced' })
  })

  test('a worker that does not know whether it has asked learns how it stands: nothing is asked twice', async () => {
    const sessionId = await newSession()
    const { run, approvalId } = await asked(sessionId)
    await store.decide(approvalId, YES)
    const approval = { approvalId, callId: 'c1', toolName: 'remove', args: { path: '/a' }, expiresAt: LATER, fingerprint: 'f1' }
    expect(await store.requestApprovals(run, [], [approval])).toBe(await store.log.head(sessionId))
    expect(await toolOf(sessionId)).toMatchObject({ status: 'approved' })
  })

  test('what is remembered holds for the session, or for all of its owner, and for the tool as it was', async () => {
    const [here, there] = [await newSession(), await newSession()]
    const decide = async (sessionId: string, toolName: string, remember: 'session' | 'always', approved: boolean) => {
      const other = await newSession()
      const target = sessionId === '' ? other : sessionId
      const { approvalId, run } = await asked(target, { toolName })
      await store.decide(approvalId, { approved, remember, by: 'somebody' })
      const end: NewEvent = { type: 'run:complete', runId: run.id, finishReason: 'stop', stepCount: 1, durationMs: 1 }
      await store.finishRun(run, run.state, [end])
    }
    await decide(here, 'a', 'session', true)
    expect([await store.recall(here, 'a', 'f1'), await store.recall(there, 'a', 'f1'), await store.recall(here, 'a', 'f2')]).toEqual([
      true,
      null,
      null,
    ])
    await decide('', 'b', 'always', true)
    expect([await store.recall(here, 'b', 'f1'), await store.recall(there, 'b', 'f1')]).toEqual([true, true])
    // The session's own comes first, and the last word counts.
    await decide(here, 'b', 'session', false)
    expect([await store.recall(here, 'b', 'f1'), await store.recall(there, 'b', 'f1')]).toEqual([false, true])
    await decide('', 'b', 'always', false)
    expect(await store.recall(there, 'b', 'f1')).toBe(false)
  })

  test('what a tool asked while it ran is answered to it, and never remembered', async () => {
    const sessionId = await newSession()
    const form = { message: 'Which?', schema: { type: 'object' } }
    const { approvalId } = await asked(sessionId, { form })
    await store.decide(approvalId, { approved: false, reason: 'None', remember: 'always', by: 'somebody' })
    expect((await typesOf(sessionId)).at(-1)).toBe('approval:response')
    expect(await toolOf(sessionId)).toMatchObject({ status: 'running' })
    expect(await store.recall(sessionId, 'remove', 'f1')).toBeNull()
  })

  test('files are kept with the session, and bounded', async () => {
    const sessionId = await newSession()
    const id = await store.saveFile(sessionId, { data: new Uint8Array([0, 255, 10]), mediaType: 'image/png', name: 'ä.png' })
    const file = await store.getFile(id)
    expect({ ...file, data: [...(file?.data ?? [])] }).toEqual({ sessionId, data: [0, 255, 10], mediaType: 'image/png', name: 'ä.png' })
    expect(await store.getFile(newId())).toBeNull()
    await expect(store.saveFile(sessionId, { data: new Uint8Array(5_000_001), mediaType: 'image/png' })).rejects.toMatchObject({
      code: 'payload-too-large',
    })
  })
})
