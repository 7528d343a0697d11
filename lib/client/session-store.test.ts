import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  AppError,
  MAX_MESSAGE_PAGE_SIZE,
  type Message,
  type NewEvent,
  type RillEvent,
  reduceAll,
  type SessionState,
} from '#lib/protocol/index.ts'
import type { MessagePage } from './api.ts'
import type { EventStreamOptions } from './line.ts'
import type { Outbox, Outgoing } from './outbox.ts'
import { shownQueue } from './queue-changes.ts'
import { createSessionStore, type SessionStore, type SessionStoreOptions } from './session-store.ts'
import { shownMessages } from './shown-messages.ts'
import { answered, emptySession, inLog, SESSION, userSaid } from './testing/events.ts'

type FakeApi = { [K in keyof SessionStoreOptions['api']]: ReturnType<typeof vi.fn> }

let api: FakeApi
let outbox: Outbox & { kept: Outgoing[] }
let frames: (() => void)[]
let line: EventStreamOptions | undefined
let store: SessionStore

beforeEach(() => {
  const accepted = { messageId: 'm', runId: 'r', cursor: 1 }
  api = {
    snapshot: vi.fn(),
    sendMessage: vi.fn(async () => accepted),
    messagesBefore: vi.fn(),
    cancelRun: vi.fn(async () => ({ runId: 'r' })),
    retry: vi.fn(async () => accepted),
    regenerate: vi.fn(async () => accepted),
    selectBranch: vi.fn(),
    deletePair: vi.fn(async () => ['m', 'a']),
    restoreMessages: vi.fn(),
    rate: vi.fn(),
    decide: vi.fn(),
    updateQueued: vi.fn(),
    removeQueued: vi.fn(),
    reorderQueue: vi.fn(),
    updateSession: vi.fn(),
  }
  outbox = {
    kept: [],
    load: () => outbox.kept,
    put: (_, message) => {
      const at = outbox.kept.findIndex(({ id }) => id === message.id)
      outbox.kept = at < 0 ? [...outbox.kept, message] : outbox.kept.with(at, message)
    },
    remove: (_, id) => {
      outbox.kept = outbox.kept.filter((one) => one.id !== id)
    },
  }
  store = openStore()
})

function openStore(initial: SessionState = emptySession()): SessionStore {
  frames = []
  const opened = createSessionStore({
    initial,
    api: api as unknown as SessionStoreOptions['api'],
    outbox,
    onFrame: (callback) => frames.push(callback),
    async follow(options) {
      line = options
    },
  })
  return opened
}

/** Events arrive, and the next frame is drawn. */
function arrive(events: RillEvent[]): void {
  line?.onEvents(events)
  drawFrame()
}

function drawFrame(): void {
  for (const draw of frames.splice(0)) draw()
}

/** What came with a snapshot is drawn. */
async function drawNext(): Promise<void> {
  await vi.waitFor(() => expect(frames.length).toBe(1))
  drawFrame()
}

const outgoing = () => store.get().outgoing
const message = (id: string): Message => ({ id, role: 'user', parentId: null, createdAt: '', parts: [{ type: 'text', text: id }] })
const withMessages = (ids: string[], hasOlder = true): SessionState => ({
  ...emptySession(),
  cursor: 5,
  hasOlder,
  messages: ids.map(message),
})
const shownIds = () => store.get().state.messages.map((one) => one.id)

describe('events', () => {
  test('are folded as they come and shown once a frame', () => {
    store.connect()
    const listener = vi.fn()
    store.subscribe(listener)
    const log = inLog([userSaid('m1', 'hi', 'r1'), ...answered('r1', 'm1', ['a', 'b', 'c'])])
    for (const event of log) line?.onEvents([event])
    expect(listener).not.toHaveBeenCalled()
    expect(frames.length).toBe(1)
    expect(line?.cursor()).toBe(log.length)
    drawFrame()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(store.get().state).toEqual(reduceAll(emptySession(), log))
  })

  test('that came before change nothing, and nobody is told', () => {
    store.connect()
    const log = inLog([userSaid('m1', 'hi', 'r1')])
    arrive(log)
    const listener = vi.fn()
    store.subscribe(listener)
    arrive(log)
    expect(listener).not.toHaveBeenCalled()
  })

  test('reach a listener no more once it has left', () => {
    store.connect()
    const listener = vi.fn()
    store.subscribe(listener)()
    arrive(inLog([userSaid('m1', 'hi', 'r1')]))
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('a message', () => {
  test('is shown at once, stays after it was accepted, and goes when the log has it', async () => {
    store.connect()
    const sent = store.send('hello')
    expect(outgoing()).toMatchObject([{ text: 'hello', status: 'sending' }])
    await sent
    const id = outgoing()[0]?.id ?? ''
    expect(api.sendMessage).toHaveBeenCalledExactlyOnceWith(SESSION, { id, text: 'hello' })
    expect(outgoing().length).toBe(1)
    arrive(inLog([userSaid(id, 'hello', 'r1')]))
    expect(outgoing()).toEqual([])
    expect(outbox.kept).toEqual([])
    expect(shownIds()).toEqual([id])
  })

  test('that waits for a run is in the queue, and on its way no more', async () => {
    store.connect()
    arrive(inLog([userSaid('m1', 'first', 'r1')]))
    await store.send('second')
    const id = outgoing()[0]?.id ?? ''
    const queued: NewEvent[] = [userSaid(id, 'second', 'r2'), { type: 'message:queued', runId: 'r2', messageId: id, mode: 'follow-up' }]
    arrive(inLog(queued, 1))
    expect(outgoing()).toEqual([])
    expect(store.get().state.queue.map((one) => one.id)).toEqual([id])
  })

  test('that fails keeps its text; sent again it has the same id', async () => {
    store.connect()
    api.sendMessage.mockRejectedValueOnce(new AppError('unavailable', 'The server cannot be reached.'))
    await store.send('hello')
    expect(outgoing()).toMatchObject([{ text: 'hello', status: 'failed', error: 'The server cannot be reached.' }])
    const id = outgoing()[0]?.id ?? ''
    const again = store.resend(id)
    expect(outgoing()).toEqual([{ id, text: 'hello', status: 'sending' }])
    await again
    expect(api.sendMessage.mock.calls.map((call) => call[1].id)).toEqual([id, id])
  })

  test('that did not reach the server waits, and goes out in order when it is reached again', async () => {
    store.connect()
    const unreached = new AppError('unavailable', 'The server cannot be reached.', { recoverable: true })
    api.sendMessage.mockRejectedValueOnce(unreached)
    await Promise.all([store.send('one'), store.send('two')])
    expect(outgoing()).toMatchObject([
      { status: 'failed', isWaiting: true },
      { status: 'failed', isWaiting: true },
    ])
    expect(outbox.kept).toEqual(outgoing())
    line?.onConnection('lost')
    expect(api.sendMessage).toHaveBeenCalledTimes(1)
    line?.onConnection('live')
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(3))
    expect(api.sendMessage.mock.calls.map((call) => call[1].text)).toEqual(['one', 'one', 'two'])
    expect(outgoing().every(({ status, isWaiting }) => status === 'sending' && !isWaiting)).toBe(true)
    line?.onConnection('live')
    await store.send('three')
    expect(api.sendMessage).toHaveBeenCalledTimes(4)
  })

  test('that waits goes out before what is written after it, and after a reload', async () => {
    store.connect()
    const unreached = new AppError('unavailable', 'The server cannot be reached.', { recoverable: true })
    api.sendMessage.mockRejectedValueOnce(unreached).mockRejectedValueOnce(unreached)
    await store.send('one')
    await store.send('two')
    expect(api.sendMessage.mock.calls.map((call) => call[1].text)).toEqual(['one', 'one'])
    expect(outgoing()).toMatchObject([{ isWaiting: true }, { isWaiting: true }])
    store = openStore()
    store.connect()
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(4))
    expect(api.sendMessage.mock.calls.slice(2).map((call) => call[1].text)).toEqual(['one', 'two'])
  })

  test('that is told to go out goes with those before it that wait', async () => {
    store.connect()
    const unreached = new AppError('unavailable', 'The server cannot be reached.', { recoverable: true })
    api.sendMessage.mockRejectedValueOnce(unreached)
    await Promise.all([store.send('one'), store.send('two')])
    expect(api.sendMessage).toHaveBeenCalledTimes(1)
    await store.resend(outgoing()[1]?.id ?? '')
    expect(api.sendMessage.mock.calls.map((call) => call[1].text)).toEqual(['one', 'one', 'two'])
  })

  test('that does not arrive while the log is read is tried again by itself, ever less often, until the page is left', async () => {
    vi.useFakeTimers()
    try {
      const leave = store.connect()
      line?.onConnection('live')
      api.sendMessage.mockRejectedValue(new AppError('unavailable', 'The server cannot be reached.', { recoverable: true }))
      await store.send('one')
      await vi.advanceTimersByTimeAsync(2_000)
      expect(api.sendMessage).toHaveBeenCalledTimes(2)
      await vi.advanceTimersByTimeAsync(3_900)
      expect(api.sendMessage).toHaveBeenCalledTimes(2)
      await vi.advanceTimersByTimeAsync(100)
      expect(api.sendMessage).toHaveBeenCalledTimes(3)
      leave()
      await vi.advanceTimersByTimeAsync(120_000)
      expect(api.sendMessage).toHaveBeenCalledTimes(3)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('that is lost while the server is reached anew keeps its place before the next', async () => {
    store.connect()
    const lost = Promise.withResolvers<never>()
    api.sendMessage.mockImplementationOnce(() => lost.promise)
    const both = [store.send('one'), store.send('two')]
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(1))
    line?.onConnection('live')
    lost.reject(new AppError('unavailable', 'The server cannot be reached.', { recoverable: true }))
    await Promise.all(both)
    expect(api.sendMessage.mock.calls.map((call) => call[1].text)).toEqual(['one', 'one', 'two'])
  })

  test('that is lost while the server is reached anew is sent again at once', async () => {
    store.connect()
    const lost = Promise.withResolvers<never>()
    api.sendMessage.mockImplementationOnce(() => lost.promise)
    const sent = store.send('one')
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(1))
    line?.onConnection('live')
    lost.reject(new AppError('unavailable', 'The server cannot be reached.', { recoverable: true }))
    await sent
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(2))
    expect(outgoing()).toMatchObject([{ status: 'sending' }])
  })

  test('whose answer was lost, though it arrived, is not shown twice', async () => {
    store.connect()
    api.sendMessage.mockRejectedValueOnce(new AppError('unavailable', 'The server cannot be reached.'))
    await store.send('hello')
    arrive(inLog([userSaid(outgoing()[0]?.id ?? '', 'hello', 'r1')]))
    expect(outgoing()).toEqual([])
    expect(shownIds().length).toBe(1)
  })

  test('goes out after the one before it, also when that fails', async () => {
    store.connect()
    const first = Promise.withResolvers<void>()
    api.sendMessage.mockImplementationOnce(() => first.promise)
    const both = [store.send('one'), store.send('two')]
    await Promise.resolve()
    expect(api.sendMessage.mock.calls.map((call) => call[1].text)).toEqual(['one'])
    first.reject(new AppError('internal', 'no'))
    await Promise.all(both)
    expect(api.sendMessage.mock.calls.map((call) => call[1].text)).toEqual(['one', 'two'])
    expect(outgoing().map((one) => one.status)).toEqual(['failed', 'sending'])
  })

  test('that is discarded is gone, and not sent', async () => {
    api.sendMessage.mockRejectedValue(new AppError('unavailable', 'no'))
    await store.send('hello')
    const id = outgoing()[0]?.id ?? ''
    store.discard(id)
    await store.resend(id)
    expect(outgoing()).toEqual([])
    expect(api.sendMessage).toHaveBeenCalledTimes(1)
  })
})

describe('a reload', () => {
  test('sends again what was on its way, and keeps what had failed', async () => {
    api.sendMessage.mockImplementationOnce(() => Promise.reject(new AppError('unavailable', 'no')))
    await store.send('failed')
    api.sendMessage.mockImplementationOnce(() => new Promise(() => {}))
    void store.send('under way')
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(2))
    const before = outgoing()
    api.sendMessage.mockClear()

    store = openStore()
    expect(outgoing()).toEqual([])
    store.connect()
    expect(outgoing()).toEqual(before)
    await vi.waitFor(() => expect(api.sendMessage.mock.calls).toEqual([[SESSION, { id: before[1]?.id, text: 'under way' }]]))
  })

  test('does not bring back what the log has', () => {
    outbox.kept = [{ id: 'm1', text: 'hi', status: 'failed', error: 'no' }]
    store = openStore(withMessages(['m1']))
    store.connect()
    expect(outgoing()).toEqual([])
  })

  test('that had arrived long ago, before what is loaded here, is not on its way any more', async () => {
    outbox.kept = [{ id: 'm1', text: 'hi', status: 'sending' }]
    store = openStore(withMessages(['m8', 'm9']))
    store.connect()
    await vi.waitFor(() => expect(outgoing()).toEqual([]))
    expect(outbox.kept).toEqual([])
  })

  test("that another tab keeps stays when one's own arrives", async () => {
    outbox.kept = []
    store.connect()
    await store.send('mine')
    outbox.kept.push({ id: 'theirs', text: 'theirs', status: 'failed' })
    arrive(inLog([userSaid(outgoing()[0]?.id ?? '', 'mine', 'r1')]))
    expect(outbox.kept.map(({ id }) => id)).toEqual(['theirs'])
  })

  test('takes up the outbox once, not with every connection', async () => {
    outbox.kept = [{ id: 'm1', text: 'hi', status: 'sending' }]
    store.connect()()
    store.connect()
    await vi.waitFor(() => expect(api.sendMessage).toHaveBeenCalledTimes(1))
    expect(outgoing().length).toBe(1)
  })
})

describe('while a run is active', () => {
  const queuedAs = (id: string, mode: 'steer' | 'follow-up'): NewEvent[] => [
    userSaid(id, id, `run of ${id}`),
    { type: 'message:queued', runId: `run of ${id}`, messageId: id, mode },
  ]
  const shown = () => shownQueue(store.get().state.queue, store.get().queueChanges)
  const order = () => shown().map(({ id }) => id)

  beforeEach(() => {
    store.connect()
    arrive(inLog([userSaid('m1', 'hi', 'r1'), ...queuedAs('a', 'follow-up'), ...queuedAs('b', 'follow-up')]))
  })

  test('a message keeps its mode, also when it is sent again', async () => {
    api.sendMessage.mockRejectedValueOnce(new AppError('unavailable', 'no'))
    await store.send('listen', 'steer')
    const id = outgoing()[0]?.id ?? ''
    expect(outbox.kept).toMatchObject([{ id, mode: 'steer', status: 'failed' }])
    await store.resend(id)
    expect(api.sendMessage).toHaveBeenLastCalledWith(SESSION, { id, text: 'listen', mode: 'steer' })
  })

  test('a message that was told to the agent before a frame showed it waiting is on its way no more', async () => {
    await store.send('listen', 'steer')
    const id = outgoing()[0]?.id ?? ''
    const heard: NewEvent = { type: 'message:dequeued', runId: 'r1', messageId: id, mode: 'steer' }
    arrive(inLog([...queuedAs(id, 'steer'), heard], 5))
    expect(outgoing()).toEqual([])
  })

  test('an order is shown at once, and until the log shows it', async () => {
    const asked = Promise.withResolvers<void>()
    api.reorderQueue.mockImplementationOnce(() => asked.promise)
    const moving = store.queue.move('b', -1)
    expect(order()).toEqual(['b', 'a'])
    asked.resolve()
    expect(await moving).toBe('done')
    expect(api.reorderQueue).toHaveBeenCalledExactlyOnceWith(SESSION, ['b', 'a'])
    expect(order()).toEqual(['b', 'a'])
    arrive(inLog([{ type: 'session:queue-reordered', messageIds: ['b', 'a'] }], 5))
    expect(order()).toEqual(['b', 'a'])
    expect(store.get().queueChanges).toEqual([])
  })

  test('an order that fails is taken back, and told to who asked', async () => {
    api.reorderQueue.mockRejectedValueOnce(new AppError('unavailable', 'no'))
    await expect(store.queue.move('b', -1)).rejects.toThrow('no')
    expect(order()).toEqual(['a', 'b'])
  })

  test('changes go out one after the other', async () => {
    const first = Promise.withResolvers<void>()
    api.updateQueued.mockImplementationOnce(() => first.promise)
    const both = [store.queue.update('a', { text: 'new' }), store.queue.remove('b')]
    await Promise.resolve()
    expect(shown()).toMatchObject([
      { text: 'new', asked: 'update' },
      { text: 'b', asked: 'remove' },
    ])
    expect(api.removeQueued).not.toHaveBeenCalled()
    first.reject(new AppError('not-found', 'no'))
    expect(await Promise.all(both)).toEqual(['gone', 'done'])
    expect(shown()).toMatchObject([
      { text: 'a', asked: null },
      { text: 'b', asked: 'remove' },
    ])
    arrive(inLog([{ type: 'message:removed', runId: 'run of b', messageId: 'b' }], 5))
    expect(shown().length).toBe(1)
    expect(store.get().queueChanges).toEqual([])
  })

  test('what the log showed before the answer came is not asked for any more', async () => {
    const asked = Promise.withResolvers<void>()
    api.updateQueued.mockImplementationOnce(() => asked.promise)
    const changing = store.queue.update('a', { mode: 'steer' })
    await Promise.resolve()
    arrive(inLog([{ type: 'message:updated', runId: 'run of a', messageId: 'a', mode: 'steer' }], 5))
    expect(store.get().queueChanges).toEqual([])
    asked.resolve()
    expect(await changing).toBe('done')
    expect(shown()[0]).toMatchObject({ mode: 'steer', asked: null })
  })
})

describe('branches', () => {
  const inChain = (ids: string[]): Message[] => ids.map((id, index) => ({ ...message(id), parentId: ids[index - 1] ?? null }))
  const at = (cursor: number, ids: string[], more: Partial<SessionState> = {}): SessionState => ({
    ...emptySession(),
    cursor,
    messages: inChain(ids),
    ...more,
  })
  const selected: NewEvent = { type: 'session:branch-selected', messageId: 'm9' }

  test('a message that takes the place of another is shown there at once, until the log has it', async () => {
    store = openStore(at(5, ['m1', 'm2', 'm3']))
    store.connect()
    api.sendMessage.mockResolvedValueOnce({ messageId: 'm', runId: 'r1', cursor: 6 })
    const sent = store.edit('m2', 'other')
    const shown = () => shownMessages(store.get()).map(({ id }) => id)
    expect(shown()).toEqual(['m1'])
    await sent
    const id = outgoing()[0]?.id ?? ''
    expect(api.sendMessage).toHaveBeenCalledExactlyOnceWith(SESSION, { id, text: 'other', replaces: 'm2' })
    expect(outbox.kept).toMatchObject([{ id, replaces: 'm2' }])
    arrive(inLog([userSaid(id, 'other', 'r1', 'm1')], 5))
    expect(outgoing()).toEqual([])
    expect(shown()).toEqual(['m1', id])
    expect(store.get().state.branches).toEqual({ m1: ['m2', id] })
  })

  test('one that is refused takes nobody’s place', async () => {
    store = openStore(at(5, ['m1', 'm2', 'm3']))
    api.sendMessage.mockRejectedValueOnce(new AppError('conflict', 'The session is busy.'))
    await store.edit('m2', 'other')
    expect(outgoing()).toMatchObject([{ text: 'other', status: 'failed', error: 'The session is busy.' }])
    // Until then it hides nothing.
    expect(shownMessages(store.get())).toBe(store.get().state.messages)
    store.discard(outgoing()[0]?.id ?? '')
    expect(shownMessages(store.get())).toBe(store.get().state.messages)
  })

  test('another branch comes with a snapshot: until then the old one stands, and nothing that came meanwhile is lost', async () => {
    store = openStore(at(5, ['m1', 'm2']))
    store.connect()
    const asked = Promise.withResolvers<SessionState>()
    api.snapshot.mockImplementationOnce(() => asked.promise)
    arrive(inLog([selected], 5))
    arrive(inLog([userSaid('m4', 'm4', 'r1', 'm3')], 6))
    expect(shownIds()).toEqual(['m1', 'm2'])
    expect(store.get().state.cursor).toBe(5)
    // What waits is not asked for again.
    expect(line?.cursor()).toBe(7)
    asked.resolve(at(6, ['m1', 'm3'], { branches: { m1: ['m2', 'm3'] } }))
    await drawNext()
    expect(shownIds()).toEqual(['m1', 'm3', 'm4'])
    expect(store.get().state).toMatchObject({ cursor: 7, branches: { m1: ['m2', 'm3'] } })
  })

  test('older messages that were loaded stay where the branches share them', async () => {
    store = openStore(at(5, ['m1', 'm2', 'm3', 'm4']))
    store.connect()
    api.snapshot.mockResolvedValueOnce(at(6, ['m3', 'm9'], { hasOlder: true }))
    arrive(inLog([selected], 5))
    await drawNext()
    expect(shownIds()).toEqual(['m1', 'm2', 'm3', 'm9'])
    expect(store.get().state.hasOlder).toBe(false)
  })

  test('what is brought back among older messages is loaded with them', async () => {
    store = openStore(at(5, ['m1', 'm4', 'm5']))
    store.connect()
    api.snapshot.mockResolvedValueOnce(at(6, ['m4', 'm5'], { hasOlder: true }))
    api.messagesBefore.mockResolvedValueOnce({ messages: inChain(['m1', 'm2', 'm3']), branches: {}, hasOlder: false })
    arrive(inLog([{ type: 'message:restored', messageIds: ['m2', 'm3'] }], 5))
    await drawNext()
    expect(shownIds()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5'])
  })

  test('what was deleted is gone from older messages too', async () => {
    store = openStore(at(5, ['m1', 'm2', 'm3', 'm4']))
    store.connect()
    api.snapshot.mockResolvedValueOnce(at(6, ['m4'], { hasOlder: true }))
    arrive(inLog([{ type: 'message:deleted', messageIds: ['m2', 'm3'] }], 5))
    await drawNext()
    expect(shownIds()).toEqual(['m1', 'm4'])
  })

  const deleted = (...messageIds: string[]): NewEvent => ({ type: 'message:deleted', messageIds })
  const restored = (...messageIds: string[]): NewEvent => ({ type: 'message:restored', messageIds })

  for (const [what, events, before, after] of [
    ['two deletions', [deleted('m2'), deleted('m3')], ['m1', 'm2', 'm3', 'm4'], ['m1', 'm4']],
    ['a switch, and a deletion', [selected, deleted('m2')], ['m1', 'm2', 'm3', 'm4'], ['m1', 'm3', 'm4']],
    ['a deletion that is undone', [deleted('m2'), restored('m2')], ['m1', 'm2', 'm4'], ['m1', 'm2', 'm4']],
    ['a restore that is taken back', [restored('m2'), deleted('m2')], ['m1', 'm4'], ['m1', 'm4']],
  ] as const) {
    test(`${what} that come together leave the right older messages`, async () => {
      store = openStore(at(5, [...before]))
      store.connect()
      api.snapshot.mockResolvedValueOnce(at(7, [after.at(-1) ?? ''], { hasOlder: true }))
      arrive(inLog([...events], 5))
      await drawNext()
      expect(shownIds()).toEqual(after)
      expect(api.messagesBefore).not.toHaveBeenCalled()
    })
  }

  test('of a deletion and a restore that come together, both are seen among older messages, which come in large pages', async () => {
    store = openStore(at(5, ['m1', 'm2', 'm5', 'm6', 'm7']))
    store.connect()
    // Another answer beside m4 is back too: it is known by its branch.
    api.snapshot.mockResolvedValueOnce(at(7, ['m6', 'm7'], { hasOlder: true }))
    api.messagesBefore.mockResolvedValueOnce({ messages: inChain(['m3', 'm4', 'm5']), branches: { m3: ['m4', 'm4b'] }, hasOlder: true })
    api.messagesBefore.mockResolvedValueOnce({ messages: inChain(['m1']), branches: {}, hasOlder: false })
    arrive(inLog([deleted('m2'), restored('m3', 'm4', 'm4b')], 5))
    await drawNext()
    expect(shownIds()).toEqual(['m1', 'm3', 'm4', 'm5', 'm6', 'm7'])
    expect(api.messagesBefore.mock.calls).toEqual([
      [SESSION, 'm6', MAX_MESSAGE_PAGE_SIZE],
      [SESSION, 'm3', MAX_MESSAGE_PAGE_SIZE],
    ])
  })

  test('a snapshot that knows of a deletion before it is heard of waits for it', async () => {
    store = openStore(at(5, ['m1', 'm2', 'm3', 'm4']))
    store.connect()
    api.snapshot.mockResolvedValueOnce(at(7, ['m4'], { hasOlder: true }))
    arrive(inLog([deleted('m2')], 5))
    await api.snapshot.mock.results[0]?.value
    arrive(inLog([deleted('m3')], 6))
    await drawNext()
    expect(shownIds()).toEqual(['m1', 'm4'])
    expect(store.get().state.cursor).toBe(7)
  })

  test('what waits for a snapshot is forgotten when the log was cut and another one came', async () => {
    store = openStore(at(5, ['m1', 'm2']))
    store.connect()
    api.snapshot.mockImplementationOnce(() => new Promise(() => {}))
    arrive(inLog([selected], 5))
    api.snapshot.mockResolvedValueOnce(at(40, ['m1', 'm3']))
    await line?.onReset()
    expect(line?.cursor()).toBe(40)
    arrive(inLog([userSaid('m4', 'm4', 'r1', 'm3')], 40))
    expect(shownIds()).toEqual(['m1', 'm3', 'm4'])
  })

  test('a snapshot that cannot be had is asked for again; one that comes after the page was left changes nothing', async () => {
    vi.useFakeTimers()
    store = openStore(at(5, ['m1']))
    const leave = store.connect()
    api.snapshot.mockRejectedValueOnce(new AppError('unavailable', 'no')).mockResolvedValueOnce(at(6, ['m9']))
    arrive(inLog([selected], 5))
    await vi.advanceTimersByTimeAsync(1_000)
    vi.useRealTimers()
    drawFrame()
    expect(store.get().state.cursor).toBe(6)
    const asked = Promise.withResolvers<SessionState>()
    api.snapshot.mockImplementationOnce(() => asked.promise)
    arrive(inLog([selected], 6))
    leave()
    asked.resolve(at(7, ['m1']))
    await asked.promise
    drawFrame()
    expect(store.get().state.cursor).toBe(6)
    // Who comes back asks for it again.
    store.connect()
    expect(line?.cursor()).toBe(6)
    expect(shownIds()).toEqual(['m9'])
  })

  test('deleting resolves to what undo takes; a failure is told', async () => {
    expect(await store.deletePair('a')).toEqual(['m', 'a'])
    await store.undoDelete(['m', 'a'])
    expect(api.restoreMessages).toHaveBeenCalledExactlyOnceWith(SESSION, ['m', 'a'])
    api.deletePair.mockRejectedValueOnce(new AppError('conflict', 'The session is busy.'))
    expect(await store.deletePair('a')).toEqual([])
    expect(store.get().problem).toBe('The session is busy.')
  })

  test('what was deleted is offered back until it is back, or done with', async () => {
    const deleted = await store.deletePair('a')
    expect(store.get().deleted).toBe(deleted)
    const reloaded = openStore()
    reloaded.connect()
    expect(reloaded.get().deleted).toEqual(deleted)
    api.restoreMessages.mockRejectedValueOnce(new AppError('unavailable', 'The server cannot be reached.'))
    await store.undoDelete(deleted)
    expect(store.get()).toMatchObject({ deleted, problem: 'The server cannot be reached.' })
    await store.undoDelete(deleted)
    expect(store.get().deleted).toBeNull()
    await store.deletePair('a')
    store.forgetDeleted()
    expect(store.get().deleted).toBeNull()
    await store.deletePair('a')
    await store.send('hi')
    expect(store.get().deleted).toBeNull()
  })

  test('an answer is asked for again once, by the model that is named', async () => {
    await Promise.all([store.regenerate('a', 'demo/other'), store.regenerate('a')])
    expect(api.regenerate).toHaveBeenCalledExactlyOnceWith(SESSION, { messageId: 'a', model: 'demo/other' })
  })

  test('a rating is shown when the log has it', async () => {
    store.connect()
    arrive(inLog([userSaid('m1', 'hi', 'r1'), ...answered('r1', 'm1', ['a'])]))
    await store.rate('answer-r1', 'down')
    expect(api.rate).toHaveBeenCalledExactlyOnceWith(SESSION, 'answer-r1', 'down')
    arrive(inLog([{ type: 'message:rated', messageId: 'answer-r1', rating: 'down' }], line?.cursor()))
    expect(store.get().state.messages[1]).toMatchObject({ rating: 'down' })
  })
})

describe('older messages', () => {
  test('come before the others, once', async () => {
    store = openStore(withMessages(['m3', 'm4']))
    const page = Promise.withResolvers<MessagePage>()
    api.messagesBefore.mockImplementationOnce(() => page.promise)
    const loading = [store.loadOlder(), store.loadOlder()]
    expect(store.get().isLoadingOlder).toBe(true)
    page.resolve({ messages: ['m1', 'm2'].map(message), branches: {}, hasOlder: false })
    await Promise.all(loading)
    expect(api.messagesBefore).toHaveBeenCalledExactlyOnceWith(SESSION, 'm3', undefined)
    expect(shownIds()).toEqual(['m1', 'm2', 'm3', 'm4'])
    expect(store.get()).toMatchObject({ isLoadingOlder: false, state: { hasOlder: false } })
    await store.loadOlder()
    expect(api.messagesBefore).toHaveBeenCalledTimes(1)
  })

  test('are asked for again when they could not be had', async () => {
    store = openStore(withMessages(['m3']))
    api.messagesBefore.mockRejectedValueOnce(new AppError('unavailable', 'The server cannot be reached.'))
    await store.loadOlder()
    expect(store.get()).toMatchObject({ isLoadingOlder: false, problem: 'The server cannot be reached.' })
    api.messagesBefore.mockResolvedValueOnce({ messages: [message('m2')], branches: {}, hasOlder: true })
    await store.loadOlder()
    expect(shownIds()).toEqual(['m2', 'm3'])
    expect(store.get().problem).toBeNull()
  })

  test('do not end what is told about something else', async () => {
    store = openStore(withMessages(['m3']))
    api.rate.mockRejectedValueOnce(new AppError('conflict', 'An answer is being written.'))
    await store.rate('m3', 'up')
    api.messagesBefore.mockResolvedValueOnce({ messages: [message('m2')], branches: {}, hasOlder: true })
    await store.loadOlder()
    expect(store.get().problem).toBe('An answer is being written.')
  })

  test('are loaded back to one that is named, no further than it can be, and until that is given up', async () => {
    store = openStore(withMessages(['m8', 'm9']))
    const pageOf = (id: string): MessagePage => ({ messages: [message(id)], branches: {}, hasOlder: true })
    for (const id of ['m7', 'm5', 'm4']) api.messagesBefore.mockResolvedValueOnce(pageOf(id))
    expect(await store.loadBackTo('m6', { isPast: (first) => first < 'm6' })).toBe(false)
    expect(shownIds()).toEqual(['m5', 'm7', 'm8', 'm9'])
    expect(await store.loadBackTo('m4')).toBe(true)
    const leave = new AbortController()
    api.messagesBefore.mockImplementationOnce(async () => {
      leave.abort()
      return pageOf('m3')
    })
    expect(await store.loadBackTo('m1', { signal: leave.signal })).toBe(false)
    expect(api.messagesBefore).toHaveBeenCalledTimes(4)
  })

  test('stay after a reset whose snapshot meets them, and go with one that does not', async () => {
    store = openStore(withMessages(['m1', 'm2', 'm3'], false))
    store.connect()
    api.snapshot.mockResolvedValueOnce({ ...withMessages(['m3', 'm4']), cursor: 40 })
    await line?.onReset()
    expect(shownIds()).toEqual(['m1', 'm2', 'm3', 'm4'])
    expect(store.get().state).toMatchObject({ hasOlder: false, cursor: 40 })
    api.snapshot.mockResolvedValueOnce({ ...withMessages(['m8', 'm9']), cursor: 80 })
    await line?.onReset()
    expect(shownIds()).toEqual(['m8', 'm9'])
    expect(store.get().state.hasOlder).toBe(true)
  })

  test('that a reset overtakes do not make a gap', async () => {
    store = openStore(withMessages(['m3']))
    store.connect()
    const page = Promise.withResolvers<MessagePage>()
    api.messagesBefore.mockImplementationOnce(() => page.promise)
    const loading = store.loadOlder()
    api.snapshot.mockResolvedValueOnce({ ...withMessages(['m8']), cursor: 80 })
    await line?.onReset()
    page.resolve({ messages: [message('m2')], branches: {}, hasOlder: false })
    await loading
    expect(shownIds()).toEqual(['m8'])
    expect(store.get().state.hasOlder).toBe(true)
  })
})

describe('what the user asks for', () => {
  test('stop cancels the run that is active by now, though no frame has shown it', async () => {
    store.connect()
    line?.onEvents(inLog([userSaid('m1', 'hi', 'r1')]))
    await store.stop()
    expect(api.cancelRun).toHaveBeenCalledExactlyOnceWith('r1')
  })

  test('stop without a run asks nothing', async () => {
    await store.stop()
    expect(api.cancelRun).not.toHaveBeenCalled()
  })

  test('retry pressed twice asks once; a failure is told until it is dismissed', async () => {
    api.retry.mockRejectedValueOnce(new AppError('conflict', 'An answer is being written.'))
    await Promise.all([store.retry(), store.retry()])
    expect(api.retry).toHaveBeenCalledTimes(1)
    expect(store.get().problem).toBe('An answer is being written.')
    store.dismissProblem()
    expect(store.get().problem).toBeNull()
    await store.retry()
    expect(api.retry).toHaveBeenCalledTimes(2)
  })
})

test.each(['live', 'polling'] as const)('a session that is gone may come back (%s)', (connection) => {
  store.connect()
  line?.onGone()
  expect(store.get().isGone).toBe(true)
  store.connect()
  line?.onConnection(connection)
  expect(store.get()).toMatchObject({ isGone: false, connection })
})

describe('choosing a model', () => {
  test('is shown when the server has said yes, before its event comes', async () => {
    await store.choose({ model: 'demo/demo' })
    drawFrame()
    expect(api.updateSession).toHaveBeenCalledWith(SESSION, { model: 'demo/demo' })
    expect(store.get().state.session.model).toBe('demo/demo')
    expect(store.get().state.cursor).toBe(0)
  })

  test('that is refused changes nothing, and says why', async () => {
    api.updateSession.mockRejectedValueOnce(new AppError('invalid-request', 'The model is not configured here.'))
    await store.choose({ model: 'nobody/x' })
    expect(store.get().problem).toBe('The model is not configured here.')
    expect(store.get().state.session.model).toBeUndefined()
  })

  test('twice, one waits for the other, and a failure of the first stays told', async () => {
    let refuse: (error: AppError) => void = () => {}
    api.updateSession.mockReturnValueOnce(
      new Promise((_, reject) => {
        refuse = reject
      }),
    )
    const first = store.choose({ model: 'nobody/x' })
    const second = store.choose({ reasoningEffort: 'high' })
    await Promise.resolve()
    expect(api.updateSession).toHaveBeenCalledTimes(1)
    refuse(new AppError('invalid-request', 'The model is not configured here.'))
    await Promise.all([first, second])
    expect(api.updateSession.mock.calls.map(([, settings]) => settings)).toEqual([{ model: 'nobody/x' }, { reasoningEffort: 'high' }])
    expect(store.get().problem).toBe('The model is not configured here.')
    expect(store.get().state.session).toMatchObject({ reasoningEffort: 'high' })
  })
})
