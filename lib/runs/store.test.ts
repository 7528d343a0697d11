import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AgentStore, type ClaimedRun, MOST_EPOCHS } from '#lib/agent/index.ts'
import { addTestUser, databaseKinds, describeEach, openTestDatabase, type TestDatabase } from '#lib/db/testing/database.ts'
import { createEventLog, createMemoryBus, createSqlStorage } from '#lib/log/index.ts'
import { emptyState, type NewEvent, newId, reduceAll, type SessionInfo, type SessionState, textOf } from '#lib/protocol/index.ts'
import { createSqlStore } from './sql-store.ts'
import { BY, NO_JOBS, openRig, type Rig } from './testing/rig.ts'

const USAGE = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }

describeEach(['memory', ...databaseKinds] as const)('the store of an agent (%s)', (kind) => {
  let rig: Rig
  let store: AgentStore
  beforeAll(async () => {
    rig = await openRig(kind)
    store = rig.store
  })
  afterAll(() => rig.close())

  const newSession = async (title?: string) => (await store.createSession({ ownerId: rig.ownerId, ...(title && { title }) })).id
  const say = (sessionId: string, text: string, messageId = newId()) => store.acceptMessage({ sessionId, messageId, text })
  const claim = async (runId: string) => (await store.claimRun(runId, BY)) as ClaimedRun

  /** Writes an answer and ends the run. */
  async function answer(run: ClaimedRun, text: string): Promise<{ next: string | null }> {
    const state = await write(run, text)
    return store.finishRun(run, state, endOf(run, text))
  }

  async function write(run: ClaimedRun, text: string): Promise<SessionState> {
    const fence = { runId: run.id, epoch: run.epoch }
    await store.log.append(run.sessionId, [{ type: 'llm:chunk', runId: run.id, chunkType: 'text', content: text }], fence)
    const entries = await store.log.read(run.sessionId, run.state.cursor, 1_000)
    return reduceAll(
      run.state,
      entries.map(({ event }) => event),
    )
  }

  const sessionOf = async (sessionId: string) => (await store.getSession(sessionId)) as SessionInfo

  /** What a reader has who followed from the first event is what a newcomer gets. */
  async function expectSnapshotIsFold(sessionId: string): Promise<SessionState> {
    return expectSnapshotIsFoldFrom(sessionId, emptyState(await sessionOf(sessionId)))
  }

  async function expectSnapshotIsFoldFrom(sessionId: string, before: SessionState): Promise<SessionState> {
    const snapshot = await store.snapshot(sessionId)
    if (!snapshot) throw new Error('There is no snapshot.')
    const entries = await store.log.read(sessionId, before.cursor, 10_000)
    const folded = reduceAll(
      before,
      entries.map(({ event }) => event),
    )
    // Times of the session are the database's, those of events this process's.
    expect({ ...folded, session: { ...snapshot.session, title: folded.session.title } }).toEqual(snapshot)
    return snapshot
  }

  test('the answer has what was written to the log since its worker read it', async () => {
    const sessionId = await newSession()
    const run = await claim((await say(sessionId, 'x')).runId)
    const state = await write(run, 'here, ')
    await write(run, 'there')
    await store.finishRun(run, state, endOf(run, 'here, there'))
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(textOf(messages.at(-1)?.parts ?? [])).toBe('here, there')
  })

  test('a session is made, found, named and removed', async () => {
    const session = await store.createSession({ ownerId: rig.ownerId, title: 'Mine' })
    expect(session.title).toBe('Mine')
    expect(await store.getSession(session.id)).toEqual(session)
    expect((await store.listSessions()).map(({ id }) => id)).toContain(session.id)
    expect(await store.renameSession(session.id, 'Automatic', { onlyUntitled: true })).toMatchObject({ title: 'Mine' })
    expect(await store.renameSession(session.id, 'Ours')).toMatchObject({ title: 'Ours' })
    await expectSnapshotIsFold(session.id)
    expect(await store.deleteSession(session.id)).toBe(true)
    expect(await store.getSession(session.id)).toBeNull()
    expect(await store.snapshot(session.id)).toBeNull()
  })

  test('a session that is made again by the same id is the same, and an id is one owner’s', async () => {
    const id = newId()
    const session = await store.createSession({ id, ownerId: rig.ownerId, title: 'Mine' })
    expect(session.id).toBe(id)
    expect(await store.createSession({ id, ownerId: rig.ownerId, title: 'Again' })).toEqual(session)
    expect(await store.log.head(id)).toBe(1)
    const taken = { code: 'conflict', field: 'id' }
    await expect(store.createSession({ id, ownerId: newId() })).rejects.toMatchObject(taken)
  })

  test('a session is made with what was chosen for it, and its log says so', async () => {
    const chosen = { model: 'openai/gpt-x', reasoningEffort: 'low' } as const
    const session = await store.createSession({ ownerId: rig.ownerId, ...chosen })
    expect(session).toMatchObject(chosen)
    expect(await store.getSession(session.id)).toMatchObject(chosen)
    const events = (await store.log.read(session.id, 0, 10)).map(({ event }) => event)
    expect(events).toMatchObject([{ type: 'session:created' }, { type: 'session:settings-updated', ...chosen }])
    const plain = await store.createSession({ ownerId: rig.ownerId, model: null })
    expect(plain).not.toHaveProperty('model')
    expect(await store.log.head(plain.id)).toBe(1)
  })

  test('who answers is decided when a run is claimed: by what is chosen then, and by who began it', async () => {
    const sessionId = await newSession()
    const { runId } = await say(sessionId, 'Hello')
    await store.updateSettings(sessionId, { model: 'openai/gpt-x' })
    const asked: unknown[] = []
    const claimAs = (model: string) =>
      store.claimRun(runId, (session, before) => {
        asked.push([session.model, before])
        return { provider: 'openai', model }
      })
    expect((await claimAs('first'))?.state.activeRun?.answer).toMatchObject({ provider: 'openai', model: 'first' })
    await store.updateSettings(sessionId, { model: 'openai/gpt-y', reasoningEffort: 'high' })
    const again = await claimAs('second')
    expect(asked).toEqual([
      ['openai/gpt-x', null],
      ['openai/gpt-y', { provider: 'openai', model: 'first' }],
    ])
    expect(again?.state.session).toMatchObject({ model: 'openai/gpt-y', reasoningEffort: 'high' })
    const starts = (await store.log.read(sessionId, 0, 100)).filter(({ type }) => type === 'run:started')
    expect(starts.map(({ event }) => event)).toMatchObject([
      { model: 'first', epoch: 1 },
      { model: 'second', epoch: 2 },
    ])
  })

  test('a title that a person gives at the same moment stays', async () => {
    const sessionId = await newSession()
    await Promise.all([store.renameSession(sessionId, 'Mine'), store.renameSession(sessionId, 'Automatic', { onlyUntitled: true })])
    expect(await store.getSession(sessionId)).toMatchObject({ title: 'Mine' })
  })

  test('what does not exist is said', async () => {
    const nobody = newId()
    expect(await store.getSession(nobody)).toBeNull()
    expect(await store.renameSession(nobody, 'x')).toBeNull()
    expect(await store.claimRun(nobody, BY)).toBeNull()
    expect(await store.requestCancel(nobody, BY)).toBe('over')
    await expect(say(nobody, 'x')).rejects.toMatchObject({ code: 'session-not-found' })
    await expect(store.regenerate({ sessionId: nobody })).rejects.toMatchObject({ code: 'session-not-found' })
  })

  test('a message is taken once, with its run', async () => {
    const sessionId = await newSession()
    const messageId = newId()
    const accepted = await say(sessionId, 'Hello', messageId)
    expect(accepted).toMatchObject({ messageId, isNew: true, isRunnable: true })
    expect(await say(sessionId, 'Hello', messageId)).toEqual({ ...accepted, isNew: false, isRunnable: false })
    expect(await store.activeRunId(sessionId)).toBe(accepted.runId)
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(messages.map(({ id }) => id)).toEqual([messageId])
    const elsewhere = await newSession()
    await expect(say(elsewhere, 'Hello', messageId)).rejects.toMatchObject({ code: 'conflict', field: 'id' })
    if (rig.runnable) expect(rig.runnable.filter((id) => id === accepted.runId)).toHaveLength(1)
  })

  test("the id of an answer that is being written is no message's", async () => {
    const sessionId = await newSession()
    const run = await claim((await say(sessionId, 'Hello')).runId)
    await expect(say(sessionId, 'Mine', run.answerId)).rejects.toMatchObject({ code: 'conflict', field: 'id' })
    await answer(run, 'Hi')
    await expect(say(sessionId, 'Mine', run.answerId)).rejects.toMatchObject({ code: 'conflict', field: 'id' })
  })

  test('a message that is sent while another is answered again waits, for readers too', async () => {
    const sessionId = await newSession()
    await answer(await claim((await say(sessionId, 'first')).runId), 'one')
    const again = await store.regenerate({ sessionId })
    const { runId } = await say(sessionId, 'second')
    await answer(await claim(again.runId), 'one again')
    await expectSnapshotIsFold(sessionId)
    await answer(await claim(runId), 'two')
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(messages.map((message) => textOf(message.parts))).toEqual(['first', 'one again', 'second', 'two'])
  })

  test('an answer is written, ended and settled', async () => {
    const sessionId = await newSession()
    const { runId, messageId } = await say(sessionId, 'Hello')
    const run = await claim(runId)
    expect(run).toMatchObject({ id: runId, sessionId, messageId, epoch: 1, isCancelled: false })
    expect(run.history.map(({ id }) => id)).toEqual([messageId])
    await write(run, 'Hi ')
    const during = await expectSnapshotIsFold(sessionId)
    expect(textOf(during.activeRun?.answer?.parts ?? [])).toBe('Hi ')
    expect(await answer(run, 'there')).toEqual({ next: null })
    const after = await expectSnapshotIsFold(sessionId)
    expect(after.activeRun).toBeNull()
    expect(after.messages.map((message) => textOf(message.parts))).toEqual(['Hello', 'Hi there'])
    expect(await store.activeRunId(sessionId)).toBeNull()
    expect(await store.claimRun(runId, BY)).toBeNull()
  })

  test('messages of a busy session wait, in order, and each begins when the one before has ended', async () => {
    const sessionId = await newSession()
    const first = await say(sessionId, 'one')
    const second = await say(sessionId, 'two')
    const third = await say(sessionId, 'three')
    expect([first, second, third].map(({ isRunnable }) => isRunnable)).toEqual([true, false, false])
    expect(await store.claimRun(second.runId, BY)).toBeNull()
    const waiting = await expectSnapshotIsFold(sessionId)
    expect(waiting.queue.map(({ id }) => id)).toEqual([second.messageId, third.messageId])
    expect(await answer(await claim(first.runId), 'ONE')).toEqual({ next: second.runId })
    await expectSnapshotIsFold(sessionId)
    const run = await claim(second.runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['one', 'ONE', 'two'])
    expect(await answer(run, 'TWO')).toEqual({ next: third.runId })
    expect(await answer(await claim(third.runId), 'THREE')).toEqual({ next: null })
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(messages.map((message) => textOf(message.parts))).toEqual(['one', 'ONE', 'two', 'TWO', 'three', 'THREE'])
    expect(messages.map(({ parentId }) => parentId)).toEqual([null, ...messages.slice(0, -1).map(({ id }) => id)])
    if (rig.runnable)
      expect(rig.runnable.filter((id) => [first, second, third].some(({ runId }) => runId === id))).toEqual([
        first.runId,
        second.runId,
        third.runId,
      ])
  })

  test('a run that was taken over is closed to the worker before', async () => {
    const sessionId = await newSession()
    const { runId } = await say(sessionId, 'Hello')
    const lost = await claim(runId)
    const state = await write(lost, 'First half')
    const heir = await claim(runId)
    expect(heir.epoch).toBe(2)
    expect(textOf(heir.state.activeRun?.answer?.parts ?? [])).toBe('First half')
    await expect(write(lost, ', too late')).rejects.toMatchObject({ code: 'run-fenced' })
    await expect(store.finishRun(lost, state, endOf(lost, 'First half'))).rejects.toMatchObject({ code: 'run-fenced' })
    await answer(heir, ', second half')
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(textOf(messages[1]?.parts ?? [])).toBe('First half, second half')
  })

  test('ending a run again, after an answer of the database that was lost, changes nothing', async () => {
    const sessionId = await newSession()
    const run = await claim((await say(sessionId, 'Hello')).runId)
    const state = await write(run, 'Hi')
    await store.finishRun(run, state, endOf(run, 'Hi'))
    const before = await store.snapshot(sessionId)
    expect(await store.finishRun(run, state, endOf(run, 'Hi'))).toEqual({ next: null })
    expect(await store.snapshot(sessionId)).toEqual(before)
  })

  test('a stop that was asked for is known to the next worker, and an ended run has none', async () => {
    const sessionId = await newSession()
    const { runId } = await say(sessionId, 'Hello')
    expect(await store.requestCancel(runId, BY)).toBe('noted')
    expect(await store.requestCancel(runId, BY)).toBe('noted')
    const run = await claim(runId)
    expect(run.isCancelled).toBe(true)
    await answer(run, '')
    expect(await store.requestCancel(runId, BY)).toBe('over')
  })

  test('a message that waits is removed when its run is cancelled, and stays removed when it is sent again', async () => {
    const sessionId = await newSession()
    const first = await say(sessionId, 'one')
    const second = await say(sessionId, 'two')
    const third = await say(sessionId, 'three')
    expect(await store.requestCancel(second.runId, BY)).toBe('noted')
    const { queue } = await expectSnapshotIsFold(sessionId)
    expect(queue.map(({ id }) => id)).toEqual([third.messageId])
    const events = (await store.log.read(sessionId, 0, 100)).filter(({ runId }) => runId === second.runId)
    expect(events.map(({ type }) => type)).toEqual(['message:created', 'message:queued', 'message:removed', 'llm:response', 'run:complete'])
    expect(await say(sessionId, 'two', second.messageId)).toMatchObject({ runId: second.runId, isNew: false })
    expect(await store.requestCancel(second.runId, BY)).toBe('over')
    expect(await answer(await claim(first.runId), 'ONE')).toEqual({ next: third.runId })
    await answer(await claim(third.runId), 'THREE')
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(messages.map((message) => textOf(message.parts))).toEqual(['one', 'ONE', 'three', 'THREE'])
  })

  test('an id that was sent with another text is refused', async () => {
    const sessionId = await newSession()
    const { messageId } = await say(sessionId, 'one')
    await expect(say(sessionId, 'other', messageId)).rejects.toMatchObject({ code: 'conflict', field: 'id' })
  })

  test('the last message is answered again without its earlier answer', async () => {
    const sessionId = await newSession()
    await expect(store.regenerate({ sessionId })).rejects.toMatchObject({ code: 'conflict' })
    const { runId, messageId } = await say(sessionId, 'Hello')
    await expect(store.regenerate({ sessionId })).rejects.toMatchObject({ code: 'conflict' })
    await answer(await claim(runId), 'Hi')
    const again = await store.regenerate({ sessionId })
    expect(again).toMatchObject({ messageId, isNew: true, isRunnable: true })
    const run = await claim(again.runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['Hello'])
    await answer(run, 'Hi again')
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(messages.map((message) => textOf(message.parts))).toEqual(['Hello', 'Hi again'])
  })

  /** What is said and answered, one after the other. Returns the ids, question and answer in turn. */
  async function converse(sessionId: string, ...words: string[]): Promise<string[]> {
    const ids: string[] = []
    for (const word of words) {
      const run = await claim((await say(sessionId, word)).runId)
      await answer(run, word.toUpperCase())
      ids.push(run.messageId, run.answerId)
    }
    return ids
  }
  const edit = (sessionId: string, replaces: string, text: string, messageId = newId()) =>
    store.acceptMessage({ sessionId, messageId, text, replaces })
  const wordsOf = ({ messages }: SessionState) => messages.map((message) => textOf(message.parts))

  test('a message that takes the place of another begins a branch, and the model is shown that branch only', async () => {
    const sessionId = await newSession()
    const [, one = '', two = '', twoAnswer = ''] = await converse(sessionId, 'one', 'two', 'three')
    const messageId = newId()
    const accepted = await edit(sessionId, two, 'TWO?', messageId)
    expect(await edit(sessionId, two, 'TWO?', messageId)).toEqual({ ...accepted, isNew: false, isRunnable: false })
    const asked = await expectSnapshotIsFold(sessionId)
    expect(wordsOf(asked)).toEqual(['one', 'ONE', 'TWO?'])
    expect(asked.branches).toEqual({ [one]: [two, messageId] })
    const run = await claim(accepted.runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['one', 'ONE', 'TWO?'])
    await answer(run, 'yes')
    await converse(sessionId, 'four')
    const snapshot = await expectSnapshotIsFold(sessionId)
    expect(wordsOf(snapshot)).toEqual(['one', 'ONE', 'TWO?', 'yes', 'four', 'FOUR'])
    expect(snapshot.branches).toEqual({ [one]: [two, messageId] })
    expect(snapshot.branches).not.toHaveProperty(twoAnswer)
  })

  test('the first message can be another', async () => {
    const sessionId = await newSession()
    const [first = ''] = await converse(sessionId, 'one', 'two')
    const { messageId, runId } = await edit(sessionId, first, 'uno')
    await answer(await claim(runId), 'UNO')
    const snapshot = await expectSnapshotIsFold(sessionId)
    expect(wordsOf(snapshot)).toEqual(['uno', 'UNO'])
    expect(snapshot).toMatchObject({ branches: { '': [first, messageId] }, hasOlder: false })
  })

  test('an answer is given again anywhere, by whom was asked, beside those that there are', async () => {
    const sessionId = await newSession()
    const [one = '', oneAnswer = '', two = ''] = await converse(sessionId, 'one', 'two')
    const again = await store.regenerate({ sessionId, messageId: oneAnswer, model: 'other/model' })
    expect(again).toMatchObject({ messageId: one, isNew: true, isRunnable: true })
    const pending = await expectSnapshotIsFold(sessionId)
    expect(wordsOf(pending)).toEqual(['one'])
    const asked: unknown[] = []
    const run = (await store.claimRun(again.runId, (session) => {
      asked.push(session.model)
      return BY
    })) as ClaimedRun
    expect(asked).toEqual(['other/model'])
    expect(run.history.map(({ id }) => id)).toEqual([one])
    expect(pending.branches).toEqual({ [one]: [oneAnswer, run.answerId] })
    expect((await expectSnapshotIsFold(sessionId)).branches).toEqual(pending.branches)
    await answer(run, 'uno')
    const third = await store.regenerate({ sessionId, messageId: one })
    const last = await claim(third.runId)
    await answer(last, 'eins')
    const snapshot = await expectSnapshotIsFold(sessionId)
    expect(wordsOf(snapshot)).toEqual(['one', 'eins'])
    expect(snapshot.branches).toEqual({ [one]: [oneAnswer, run.answerId, last.answerId] })
    expect(two).not.toBe('')
  })

  test('what was said to an answer is said to the next one, too, and to nobody else’s', async () => {
    const sessionId = await newSession()
    const one = await say(sessionId, 'one')
    const first = await claim(one.runId)
    const steer = await store.acceptMessage({ sessionId, messageId: newId(), text: 'In French', mode: 'steer' })
    await store.takeSteering(first)
    await answer(await claim(one.runId), 'un')
    const heardIn = async (runId: string) => (await claim(runId)).state.activeRun?.answer?.parts
    const heard = [{ type: 'steer', messageId: steer.messageId, text: 'In French' }]
    const again = await store.regenerate({ sessionId })
    expect(await heardIn(again.runId)).toMatchObject(heard)
    const run = await claim(again.runId)
    expect(run.state.activeRun?.answer?.parts).toHaveLength(1)
    await answer(run, 'une')
    const third = await store.regenerate({ sessionId })
    const last = await claim(third.runId)
    expect(last.state.activeRun?.answer?.parts).toMatchObject(heard)
    await answer(last, 'un')
    await expectSnapshotIsFold(sessionId)
    expect(await heardIn((await say(sessionId, 'two')).runId)).toEqual([])
  })

  test('what is waiting goes on with the branch that it waits behind', async () => {
    const sessionId = await newSession()
    const [one = ''] = await converse(sessionId, 'one', 'two')
    const again = await store.regenerate({ sessionId, messageId: one })
    const waiting = await say(sessionId, 'three')
    expect((await expectSnapshotIsFold(sessionId)).queue.map(({ id }) => id)).toEqual([waiting.messageId])
    await answer(await claim(again.runId), 'uno')
    expect(wordsOf(await expectSnapshotIsFold(sessionId))).toEqual(['one', 'uno', 'three'])
    const run = await claim(waiting.runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['one', 'uno', 'three'])
    await answer(run, 'THREE')
    const { messages } = await expectSnapshotIsFold(sessionId)
    expect(messages.map(({ parentId }) => parentId)).toEqual([null, ...messages.slice(0, -1).map(({ id }) => id)])
  })

  test('branches are not begun while a run is active, nor at what is not there', async () => {
    const sessionId = await newSession()
    const [one = '', oneAnswer = ''] = await converse(sessionId, 'one')
    const elsewhere = await newSession()
    const [other = ''] = await converse(elsewhere, 'other')
    for (const messageId of [newId(), other]) {
      await expect(edit(sessionId, messageId, 'x')).rejects.toMatchObject({ code: 'not-found' })
      await expect(store.regenerate({ sessionId, messageId })).rejects.toMatchObject({ code: 'not-found' })
    }
    await expect(edit(sessionId, oneAnswer, 'x')).rejects.toMatchObject({ code: 'not-found' })
    const { messageId, runId } = await say(sessionId, 'two')
    for (const replaces of [one, messageId]) await expect(edit(sessionId, replaces, 'x')).rejects.toMatchObject({ code: 'conflict' })
    await expect(store.regenerate({ sessionId, messageId: one })).rejects.toMatchObject({ code: 'conflict' })
    await answer(await claim(runId), 'TWO')
    expect(wordsOf(await expectSnapshotIsFold(sessionId))).toEqual(['one', 'ONE', 'two', 'TWO'])
  })

  const snapshotOf = async (sessionId: string) => (await store.snapshot(sessionId)) as SessionState
  const lastEvent = async (sessionId: string) => (await store.log.read(sessionId, (await store.log.head(sessionId)) - 1, 1))[0]?.event

  test('another branch is shown when it is chosen, to its newest end, and the conversation goes on there', async () => {
    const sessionId = await newSession()
    const [one = '', oneAnswer = '', two = ''] = await converse(sessionId, 'one', 'two')
    const edited = await edit(sessionId, two, 'zwei')
    await expect(store.selectBranch(sessionId, two)).rejects.toMatchObject({ code: 'conflict' })
    await answer(await claim(edited.runId), 'ZWEI')
    await store.selectBranch(sessionId, two)
    const chosen = await snapshotOf(sessionId)
    expect(wordsOf(chosen)).toEqual(['one', 'ONE', 'two', 'TWO'])
    expect(chosen.branches).toEqual({ [oneAnswer]: [two, edited.messageId] })
    expect(await lastEvent(sessionId)).toMatchObject({ type: 'session:branch-selected', messageId: chosen.messages[3]?.id })
    await store.selectBranch(sessionId, two)
    expect(await store.log.head(sessionId)).toBe(chosen.cursor)
    const run = await claim((await say(sessionId, 'three')).runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['one', 'ONE', 'two', 'TWO', 'three'])
    await answer(run, 'THREE')
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'two', 'TWO', 'three', 'THREE'])
    await store.selectBranch(sessionId, edited.messageId)
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'zwei', 'ZWEI'])
    // Of two branches behind it, the newer one.
    await store.selectBranch(sessionId, one)
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'two', 'TWO', 'three', 'THREE'])
    await store.selectBranch(sessionId, edited.messageId)
    const again = await store.regenerate({ sessionId })
    expect(again.messageId).toBe(edited.messageId)
    await answer(await claim(again.runId), 'ZWEI!')
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'zwei', 'ZWEI!'])
    await expect(store.selectBranch(sessionId, newId())).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a message is deleted with its answers; what follows stays, for readers and the model, and undo brings them back', async () => {
    const sessionId = await newSession()
    const [, oneAnswer = '', two = '', twoAnswer = '', three = ''] = await converse(sessionId, 'one', 'two', 'three')
    expect(await store.deletePair(sessionId, twoAnswer)).toEqual([two, twoAnswer])
    expect(await lastEvent(sessionId)).toMatchObject({ type: 'message:deleted', messageIds: [two, twoAnswer] })
    const deleted = await snapshotOf(sessionId)
    expect(wordsOf(deleted)).toEqual(['one', 'ONE', 'three', 'THREE'])
    expect(deleted.messages[2]).toMatchObject({ id: three, parentId: oneAnswer })
    expect(await store.deletePair(sessionId, two)).toEqual([two, twoAnswer])
    expect(await store.log.head(sessionId)).toBe(deleted.cursor)
    const run = await claim((await say(sessionId, 'four')).runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['one', 'ONE', 'three', 'THREE', 'four'])
    await answer(run, 'FOUR')
    for (const messageId of [two, twoAnswer]) {
      await expect(edit(sessionId, messageId, 'x')).rejects.toMatchObject({ code: 'not-found' })
      await expect(store.regenerate({ sessionId, messageId })).rejects.toMatchObject({ code: 'not-found' })
      await expect(store.selectBranch(sessionId, messageId)).rejects.toMatchObject({ code: 'not-found' })
    }
    const hits = await store.searchMessages(sessionId, 'two', 10)
    expect(hits.filter((hit) => hit.sessionId === sessionId)).toEqual([])
    await store.restoreMessages(sessionId, [twoAnswer, two])
    expect(await lastEvent(sessionId)).toMatchObject({ type: 'message:restored', messageIds: [two, twoAnswer] })
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'two', 'TWO', 'three', 'THREE', 'four', 'FOUR'])
    await expect(store.restoreMessages(sessionId, [newId()])).rejects.toMatchObject({ code: 'not-found' })
  })

  test('what follows a deleted message can be said anew, and goes on where it stands', async () => {
    const sessionId = await newSession()
    const [one = '', , two = ''] = await converse(sessionId, 'one', 'two')
    await store.deletePair(sessionId, one)
    const edited = await edit(sessionId, two, 'zwei')
    await answer(await claim(edited.runId), 'ZWEI')
    const snapshot = await snapshotOf(sessionId)
    expect(wordsOf(snapshot)).toEqual(['zwei', 'ZWEI'])
    expect(snapshot.messages[0]?.parentId).toBeNull()
    expect(snapshot.branches).toEqual({ '': [two, edited.messageId] })
  })

  test('deleting the end of a branch shows the newest of what is left there, and no branch becomes unreachable', async () => {
    const sessionId = await newSession()
    const [, oneAnswer = '', two = ''] = await converse(sessionId, 'one', 'two')
    const edited = await edit(sessionId, two, 'zwei')
    await answer(await claim(edited.runId), 'ZWEI')
    const [three = ''] = await converse(sessionId, 'three')
    await store.deletePair(sessionId, three)
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'zwei', 'ZWEI'])
    const gone = await store.deletePair(sessionId, edited.messageId)
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['one', 'ONE', 'two', 'TWO'])
    await store.restoreMessages(sessionId, gone)
    const back = await snapshotOf(sessionId)
    expect(wordsOf(back)).toEqual(['one', 'ONE', 'zwei', 'ZWEI'])
    expect(back.branches).toEqual({ [oneAnswer]: [two, edited.messageId] })
  })

  test('a message goes with all of its answers, and what followed each of them is a branch', async () => {
    const sessionId = await newSession()
    const [one = '', oneAnswer = '', two = ''] = await converse(sessionId, 'one', 'two')
    const again = await claim((await store.regenerate({ sessionId, messageId: one })).runId)
    await answer(again, 'uno')
    const [three = ''] = await converse(sessionId, 'three')
    expect(await store.deletePair(sessionId, oneAnswer)).toEqual([one, oneAnswer, again.answerId])
    const snapshot = await snapshotOf(sessionId)
    expect(wordsOf(snapshot)).toEqual(['three', 'THREE'])
    expect(snapshot.branches).toEqual({ '': [two, three] })
  })

  test('all can be deleted, and a new beginning made', async () => {
    const sessionId = await newSession()
    const [one = ''] = await converse(sessionId, 'one')
    await store.deletePair(sessionId, one)
    expect(await snapshotOf(sessionId)).toMatchObject({ messages: [], branches: {}, hasOlder: false })
    await expect(store.regenerate({ sessionId })).rejects.toMatchObject({ code: 'conflict' })
    await converse(sessionId, 'two')
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['two', 'TWO'])
  })

  test('what is being answered or waits is not deleted, and what was said before may be', async () => {
    const sessionId = await newSession()
    const [one = ''] = await converse(sessionId, 'one')
    const asked = await say(sessionId, 'two')
    const waiting = await say(sessionId, 'three')
    for (const { messageId } of [asked, waiting])
      await expect(store.deletePair(sessionId, messageId)).rejects.toMatchObject({ code: 'conflict' })
    await store.deletePair(sessionId, one)
    await answer(await claim(asked.runId), 'TWO')
    await answer(await claim(waiting.runId), 'THREE')
    expect(wordsOf(await snapshotOf(sessionId))).toEqual(['two', 'TWO', 'three', 'THREE'])
    await expect(store.deletePair(sessionId, newId())).rejects.toMatchObject({ code: 'not-found' })
  })

  test('what was deleted long ago is removed for good, and what followed it stays where it was', async () => {
    const sessionId = await newSession()
    const [, oneAnswer = '', two = '', twoAnswer = '', three = ''] = await converse(sessionId, 'one', 'two', 'three')
    await store.deletePair(sessionId, two)
    expect(await store.purgeDeleted()).toBe(0)
    await store.purgeDeleted(0)
    await expect(store.restoreMessages(sessionId, [two, twoAnswer])).rejects.toMatchObject({ code: 'not-found' })
    const edited = await edit(sessionId, three, 'drei')
    await answer(await claim(edited.runId), 'DREI')
    const snapshot = await expectSnapshotIsFoldFrom(sessionId, await snapshotOf(sessionId))
    expect(wordsOf(snapshot)).toEqual(['one', 'ONE', 'drei', 'DREI'])
    expect(snapshot.branches).toEqual({ [oneAnswer]: [three, edited.messageId] })
  })

  test('an answer is rated, and the rating is part of it', async () => {
    const sessionId = await newSession()
    const [one = '', oneAnswer = ''] = await converse(sessionId, 'one', 'two')
    await store.rate(sessionId, oneAnswer, 'up')
    expect((await expectSnapshotIsFold(sessionId)).messages[1]).toMatchObject({ id: oneAnswer, rating: 'up' })
    await store.rate(sessionId, oneAnswer, 'down')
    const { messages, cursor } = await expectSnapshotIsFold(sessionId)
    expect(messages[1]).toMatchObject({ rating: 'down' })
    await store.rate(sessionId, oneAnswer, 'down')
    expect(await store.log.head(sessionId)).toBe(cursor)
    await store.rate(sessionId, oneAnswer, null)
    expect((await expectSnapshotIsFold(sessionId)).messages[1]).not.toHaveProperty('rating')
    for (const messageId of [one, newId()])
      await expect(store.rate(sessionId, messageId, 'up')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a reader that went on from a snapshot on any branch has what a newcomer gets', async () => {
    const sessionId = await newSession()
    const [one = '', , two = ''] = await converse(sessionId, 'one', 'two')
    await answer(await claim((await edit(sessionId, two, 'zwei')).runId), 'ZWEI')
    await store.selectBranch(sessionId, two)
    await store.deletePair(sessionId, one)
    const reader = await snapshotOf(sessionId)
    await converse(sessionId, 'three')
    await answer(await claim((await store.regenerate({ sessionId, messageId: two })).runId), 'TWO!')
    await expectSnapshotIsFoldFrom(sessionId, reader)
  })

  test('twenty at once on one session are twenty runs, in one order', async () => {
    const sessionId = await newSession()
    const accepted = await Promise.all(Array.from({ length: 20 }, (_, index) => say(sessionId, String(index))))
    expect(accepted.filter(({ isRunnable }) => isRunnable)).toHaveLength(1)
    const { messages, queue } = await expectSnapshotIsFold(sessionId)
    expect([...messages, ...queue].map(({ id }) => id).sort()).toEqual(accepted.map(({ messageId }) => messageId).sort())
  })
})

describeEach(databaseKinds)('what is very long (%s)', (kind) => {
  test('comes in pages that fit, and a model is given the newest that fits', async () => {
    const { db, close } = await openTestDatabase(kind)
    const store = createSqlStore(db, createEventLog(createSqlStorage(db), createMemoryBus()), { jobs: NO_JOBS })
    const { id: sessionId } = await store.createSession({ ownerId: await addTestUser(db) })
    for (let count = 1; count <= 6; count += 1) {
      const { runId } = await store.acceptMessage({ sessionId, messageId: newId(), text: `${count}` })
      const run = (await store.claimRun(runId, BY)) as ClaimedRun
      const chunk: NewEvent = { type: 'llm:chunk', runId, chunkType: 'text', content: 'x'.repeat(3_000_000) }
      await store.log.append(sessionId, [chunk], { runId, epoch: 1 })
      const entries = await store.log.read(sessionId, run.state.cursor, 10)
      const state = reduceAll(
        run.state,
        entries.map(({ event }) => event),
      )
      await store.finishRun(run, state, endOf(run, ''))
    }
    const snapshot = await store.snapshot(sessionId)
    expect(snapshot).toMatchObject({ hasOlder: true })
    expect(snapshot?.messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
    const { runId } = await store.acceptMessage({ sessionId, messageId: newId(), text: 'last' })
    const run = (await store.claimRun(runId, BY)) as ClaimedRun
    expect(run.history.filter(({ role }) => role === 'assistant')).toHaveLength(5)
    expect(textOf(run.history.at(-1)?.parts ?? [])).toBe('last')
    await store.close()
    await close()
  })
})

describeEach(databaseKinds)('an answer with more results than a model is given (%s)', (kind) => {
  test('does not take what was said before it out of the conversation: it goes on without those results', async () => {
    const { db, close } = await openTestDatabase(kind)
    const store = createSqlStore(db, createEventLog(createSqlStorage(db), createMemoryBus()), { jobs: NO_JOBS })
    const { id: sessionId } = await store.createSession({ ownerId: await addTestUser(db) })
    const { runId } = await store.acceptMessage({ sessionId, messageId: newId(), text: 'first' })
    const run = (await store.claimRun(runId, BY)) as ClaimedRun
    for (let count = 1; count <= 6; count += 1) {
      const call = { runId, callId: `c${count}`, toolName: 'read' }
      const events: NewEvent[] = [
        { type: 'llm:tool-call', ...call, args: {} },
        { type: 'llm:tool-result', ...call, success: true, result: 'x'.repeat(3_000_000), durationMs: 1 },
      ]
      await store.log.append(sessionId, events, { runId, epoch: 1 })
    }
    const entries = await store.log.read(sessionId, run.state.cursor, 20)
    const events = entries.map(({ event }) => event)
    await store.finishRun(run, reduceAll(run.state, events), endOf(run, ''))
    const next = await store.acceptMessage({ sessionId, messageId: newId(), text: 'last' })
    const { history } = (await store.claimRun(next.runId, BY)) as ClaimedRun
    expect(history.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(history[1]?.parts).toHaveLength(6)
    expect(JSON.stringify(history).length).toBeLessThan(10_000)
    await store.close()
    await close()
  })
})

describeEach(databaseKinds)('what has very many branches (%s)', (kind) => {
  test('gets no more of them, until some are deleted', async () => {
    const { db, close } = await openTestDatabase(kind)
    const store = createSqlStore(db, createEventLog(createSqlStorage(db), createMemoryBus()), { jobs: NO_JOBS })
    const { id: sessionId } = await store.createSession({ ownerId: await addTestUser(db) })
    const first = await store.acceptMessage({ sessionId, messageId: newId(), text: 'first' })
    const run = (await store.claimRun(first.runId, BY)) as ClaimedRun
    await store.finishRun(run, run.state, endOf(run, ''))
    await db.query(
      `INSERT INTO messages (id, session_id, role, position, content)
       SELECT md5(n::text)::uuid, $1, 'user', 1000 + n, json_build_object('id', md5(n::text)::uuid, 'role', 'user', 'parentId', null,
         'createdAt', '2026-01-01T00:00:00.000Z', 'parts', json_build_array()) FROM generate_series(1, 999) n`,
      [sessionId],
    )
    expect((await store.snapshot(sessionId))?.branches['']).toHaveLength(1_000)
    const again = () => store.acceptMessage({ sessionId, messageId: newId(), text: 'again', replaces: first.messageId })
    await expect(again()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('1000 branches') })
    await db.query('UPDATE messages SET deleted_at = now() WHERE position = 1999 AND session_id = $1', [sessionId])
    expect(await again()).toMatchObject({ isRunnable: true })
    await store.close()
    await close()
  })
})

describeEach(databaseKinds)('the stores of two instances on one database (%s)', (kind) => {
  let database: TestDatabase
  let here: AgentStore
  let there: AgentStore
  let ownerId: string
  beforeAll(async () => {
    database = await openTestDatabase(kind)
    const { db } = database
    const open = () => createSqlStore(db, createEventLog(createSqlStorage(db), createMemoryBus()), { jobs: NO_JOBS })
    here = open()
    there = open()
    ownerId = await addTestUser(db)
  })
  afterAll(async () => {
    await Promise.all([here.close(), there.close()])
    await database.close()
  })

  const say = (store: AgentStore, sessionId: string, text: string, messageId = newId()) =>
    store.acceptMessage({ sessionId, messageId, text })
  const claim = async (store: AgentStore, runId: string) => (await store.claimRun(runId, BY)) as ClaimedRun

  test('a message that was answered on one is answered again on the other, with all that was said', async () => {
    const { id: sessionId } = await there.createSession({ ownerId })
    const first = await claim(here, (await say(here, sessionId, 'Hello')).runId)
    await here.finishRun(first, first.state, endOf(first, 'Hi'))
    const again = await there.regenerate({ sessionId })
    expect(again.cursor).toBe(await here.log.head(sessionId))
    const run = await claim(there, again.runId)
    expect(run.history.map((message) => textOf(message.parts))).toEqual(['Hello'])
    expect((await here.snapshot(sessionId))?.activeRun).toMatchObject({ id: again.runId })
  })

  test('an id that is given to messages of two sessions at once is one of them', async () => {
    const sessionIds = await Promise.all([here, there].map(async (store) => (await store.createSession({ ownerId })).id))
    for (let count = 0; count < 20; count += 1) {
      const messageId = newId()
      const outcomes = await Promise.allSettled([
        say(here, sessionIds[0] as string, 'one', messageId),
        say(there, sessionIds[1] as string, 'other', messageId),
      ])
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(refused.map(({ reason }) => reason)).toEqual([expect.objectContaining({ code: 'conflict', field: 'id' })])
    }
  })

  test('a run whose log cannot be read stops no session for ever: in the end it is taken with what can be read', async () => {
    const { id: sessionId } = await here.createSession({ ownerId })
    const { runId } = await say(here, sessionId, 'Hello')
    const run = await claim(here, runId)
    const fence = { runId, epoch: 1 }
    const chunk = (content: string): NewEvent => ({ type: 'llm:chunk', runId, chunkType: 'text', content })
    await here.log.append(sessionId, [chunk('readable'), chunk('spoilt')], fence)
    await database.db.query("UPDATE events SET data = '{}' WHERE session_id = $1 AND data::text LIKE '%spoilt%'", [sessionId])
    expect(textOf((await there.snapshot(sessionId))?.activeRun?.answer?.parts ?? [])).toBe('readable')
    for (let epoch = run.epoch + 1; epoch <= MOST_EPOCHS; epoch += 1)
      await expect(there.claimRun(runId, BY)).rejects.toMatchObject({ code: 'internal' })
    const last = await claim(there, runId)
    expect(textOf(last.state.activeRun?.answer?.parts ?? [])).toBe('readable')
    await there.finishRun(last, last.state, endOf(last, 'readable'))
    expect((await here.snapshot(sessionId))?.messages.map((message) => textOf(message.parts))).toEqual(['Hello', 'readable'])
  })
})

function endOf(run: ClaimedRun, content: string): NewEvent[] {
  return [
    { type: 'llm:response', runId: run.id, content, usage: USAGE, messageId: run.answerId, ...BY, finishReason: 'stop' },
    { type: 'run:complete', runId: run.id, finishReason: 'stop', stepCount: 1, durationMs: 1 },
  ]
}
