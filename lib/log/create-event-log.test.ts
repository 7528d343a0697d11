import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TransactionalSql } from '#lib/db/sql.ts'
import { addTestUser, databaseKinds, describeEach, openTestDatabase, type TestDatabase } from '#lib/db/testing/database.ts'
import { AppError, type NewEvent, newId } from '#lib/protocol/index.ts'
import { createMemoryBus } from './bus.ts'
import { createEventLog } from './create-event-log.ts'
import type { EventLog } from './event-log.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { createSqlStorage } from './sql-storage.ts'

interface Rig {
  log: EventLog
  addSession(): Promise<string>
  removeSession(sessionId: string): Promise<void>
  addRun(sessionId: string, epoch: number, status?: string): Promise<string>
  setRun(runId: string, change: { epoch?: number; status?: string; finishedAt?: Date; endPosition?: number }): Promise<void>
  /** Another process on the same storage. */
  other(): EventLog
  close(): Promise<void>
}

const kinds = ['memory', ...databaseKinds] as const

describeEach(kinds)('the event log (%s)', (kind) => {
  let rig: Rig
  beforeAll(async () => {
    rig = kind === 'memory' ? memoryRig() : await sqlRig(await openTestDatabase(kind))
  })
  afterAll(() => rig.close())

  test('numbers events from 1 without gaps and reads them back', async () => {
    const sessionId = await rig.addSession()
    expect(await rig.log.append(sessionId, [title('a'), title('b')])).toBe(2)
    expect(await rig.log.append(sessionId, [title('c')])).toBe(3)
    const entries = await rig.log.read(sessionId, 1, 10)
    expect(entries.map((entry) => [entry.seq, entry.type])).toEqual([
      [2, 'session:title-updated'],
      [3, 'session:title-updated'],
    ])
    expect(entries[0]?.event).toMatchObject({ sessionId, seq: 2, title: 'b' })
    expect(JSON.parse(entries[1]?.json ?? '')).toEqual(entries[1]?.event)
  })

  test('keeps the order of appends that are not awaited', async () => {
    const sessionId = await rig.addSession()
    const titles = Array.from({ length: 200 }, (_, index) => String(index))
    await Promise.all(titles.map((text) => rig.log.append(sessionId, [title(text)])))
    const entries = await rig.log.read(sessionId, 0, 1_000)
    expect(entries.map((entry) => (entry.event as { title?: string }).title)).toEqual(titles)
    expect(entries.map((entry) => entry.seq)).toEqual(titles.map((_, index) => index + 1))
  })

  test('merges waiting deltas of one part, and nothing else', async () => {
    const sessionId = await rig.addSession()
    const runId = await rig.addRun(sessionId, 1)
    const fence = { runId, epoch: 1 }
    const parts: NewEvent[] = [
      chunk(runId, 'a'),
      chunk(runId, 'b'),
      chunk(runId, 'c', 'reasoning'),
      chunk(runId, 'd'),
      title('t'),
      chunk(runId, 'e'),
      chunk(runId, 'f'),
    ]
    const seqs = await Promise.all(parts.map((event) => rig.log.append(sessionId, [event], event.type === 'llm:chunk' ? fence : undefined)))
    const entries = await rig.log.read(sessionId, 0, 100)
    expect(entries.map((entry) => (entry.event.type === 'llm:chunk' ? entry.event.content : entry.type))).toEqual([
      'ab',
      'c',
      'd',
      'session:title-updated',
      'ef',
    ])
    expect(seqs).toEqual([1, 1, 2, 3, 4, 5, 5])
  })

  test('corrects its count when another process has written', async () => {
    const sessionId = await rig.addSession()
    const other = rig.other()
    await rig.log.append(sessionId, [title('mine')])
    await other.append(sessionId, [title('theirs')])
    const seqs = await Promise.all([rig.log.append(sessionId, [title('mine again')]), other.append(sessionId, [title('theirs again')])])
    expect([...seqs].sort()).toEqual([3, 4])
    expect((await rig.log.read(sessionId, 0, 10)).map((entry) => entry.seq)).toEqual([1, 2, 3, 4])
  })

  test('refuses a worker whose run was taken over, and harms no other append of the same commit', async () => {
    const sessionId = await rig.addSession()
    const runId = await rig.addRun(sessionId, 1)
    await rig.log.append(sessionId, [chunk(runId, 'first')], { runId, epoch: 1 })
    await rig.setRun(runId, { epoch: 2 })
    const stale = rig.log.append(sessionId, [chunk(runId, 'stale')], { runId, epoch: 1 })
    const fresh = rig.log.append(sessionId, [chunk(runId, 'fresh')], { runId, epoch: 2 })
    await expect(stale).rejects.toMatchObject({ code: 'run-fenced' })
    expect(await fresh).toBe(2)
    await rig.setRun(runId, { status: 'finished' })
    await expect(rig.log.append(sessionId, [chunk(runId, 'late')], { runId, epoch: 2 })).rejects.toMatchObject({ code: 'run-fenced' })
    expect((await rig.log.read(sessionId, 0, 10)).length).toBe(2)
  })

  test('refuses a session that is gone or never was', async () => {
    const sessionId = await rig.addSession()
    await rig.log.append(sessionId, [title('a')])
    await rig.removeSession(sessionId)
    await expect(rig.log.append(sessionId, [title('b')])).rejects.toMatchObject({ code: 'session-not-found' })
    await expect(rig.log.append(newId(), [title('b')])).rejects.toMatchObject({ code: 'session-not-found' })
  })

  test('a transaction comes after what was appended before it, and before what comes later', async () => {
    const sessionId = await rig.addSession()
    const order = await Promise.all([
      rig.log.append(sessionId, [title('1')]),
      rig.log.transact(sessionId, async (_tx, { seq }) => ({ events: [title('2'), title('3')], result: seq })),
      rig.log.append(sessionId, [title('4')]),
    ])
    expect(order).toEqual([1, 2, 4])
    expect((await rig.log.read(sessionId, 0, 10)).map((entry) => (entry.event as { title?: string }).title)).toEqual(['1', '2', '3', '4'])
  })

  test('a transaction that fails writes nothing and holds nothing up', async () => {
    const sessionId = await rig.addSession()
    const failing = rig.log.transact(sessionId, async () => {
      throw new AppError('conflict', 'No.')
    })
    const after = rig.log.append(sessionId, [title('after')])
    await expect(failing).rejects.toMatchObject({ code: 'conflict' })
    expect(await after).toBe(1)
  })

  test('a follower gets every event once, in order, whenever it begins', async () => {
    const sessionId = await rig.addSession()
    await rig.log.append(sessionId, [title('1')])
    const readers = Array.from({ length: 20 }, (_, index) => collect(rig.log, sessionId, Math.min(index, 1), 100 - Math.min(index, 1)))
    for (let seq = 2; seq <= 100; seq += 1) {
      const appended = rig.log.append(sessionId, [title(String(seq))])
      if (seq % 10 === 0) {
        readers.push(collect(rig.log, sessionId, seq - 5, 100 - (seq - 5)))
        await appended
      }
    }
    for (const seqs of await Promise.all(readers))
      expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => 100 - seqs.length + 1 + index))
  })

  test('a follower that does not read is served from the log later', async () => {
    const sessionId = await rig.addSession()
    const leave = new AbortController()
    const reader = rig.log.follow(sessionId, { after: 0, signal: leave.signal })
    await rig.log.append(sessionId, [title('1')])
    expect((await reader.next()).value).toMatchObject({ type: 'entries' })
    for (let batch = 0; batch < 12; batch += 1)
      await rig.log.append(
        sessionId,
        Array.from({ length: 250 }, (_, index) => title(`${batch}.${index}`)),
      )
    const seqs: number[] = []
    for await (const followed of reader) {
      if (followed.type === 'entries') seqs.push(...followed.entries.map((entry) => entry.seq))
      if (seqs.at(-1) === 3_001) break
    }
    leave.abort()
    expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 2))
  })

  test('pruning removes the events of old runs, and old cursors are told', async () => {
    const sessionId = await rig.addSession()
    const runId = await rig.addRun(sessionId, 1)
    await rig.log.append(sessionId, [title('old'), chunk(runId, 'x'), title('end')])
    await rig.log.append(sessionId, [title('new')])
    await rig.setRun(runId, { status: 'finished', finishedAt: new Date(Date.now() - 7_200_000), endPosition: 3 })
    expect(await rig.log.prune(new Date(Date.now() - 3_600_000))).toBe(3)
    expect(await rig.log.prune(new Date(Date.now() - 3_600_000))).toBe(0)
    expect((await rig.log.read(sessionId, 0, 10)).map((entry) => entry.seq)).toEqual([4])
    expect(await rig.log.append(sessionId, [title('newer')])).toBe(5)
    const signal = AbortSignal.timeout(5_000)
    expect((await rig.log.follow(sessionId, { after: 1, signal }).next()).value).toEqual({ type: 'reset', head: 5 })
    expect((await rig.log.follow(sessionId, { after: 9, signal }).next()).value).toEqual({ type: 'reset', head: 5 })
    expect((await rig.log.follow(sessionId, { after: 3, signal }).next()).value).toMatchObject({ type: 'entries' })
  })

  test('pruning goes on until all of a long run is gone', async () => {
    const sessionId = await rig.addSession()
    const runId = await rig.addRun(sessionId, 1)
    const events = Array.from({ length: 2_500 }, (_, index) => title(String(index)))
    await rig.log.append(sessionId, events)
    await rig.log.append(sessionId, [title('new')])
    await rig.setRun(runId, { status: 'finished', finishedAt: new Date(Date.now() - 7_200_000), endPosition: 2_500 })
    expect(await rig.log.prune(new Date(Date.now() - 3_600_000))).toBe(2_500)
    expect((await rig.log.read(sessionId, 0, 10)).map((entry) => entry.seq)).toEqual([2_501])
  })
})

function title(text: string): NewEvent {
  return { type: 'session:title-updated', title: text }
}

function chunk(runId: string, content: string, chunkType: 'text' | 'reasoning' = 'text'): NewEvent {
  return { type: 'llm:chunk', runId, content, chunkType }
}

async function collect(log: EventLog, sessionId: string, after: number, count: number): Promise<number[]> {
  const leave = new AbortController()
  const seqs: number[] = []
  for await (const followed of log.follow(sessionId, { after, signal: leave.signal })) {
    if (followed.type === 'entries') seqs.push(...followed.entries.map((entry) => entry.seq))
    if (seqs.length >= count) break
  }
  leave.abort()
  return seqs
}

function memoryRig(): Rig {
  const sessions = new Set<string>()
  const runs = new Map<string, { sessionId: string; epoch: number; status: string; finishedAt: Date | undefined; endPosition: number }>()
  const storage = createMemoryStorage({
    hasSession: (id) => sessions.has(id),
    runningEpoch: (id) => (runs.get(id)?.status === 'running' ? runs.get(id)?.epoch : undefined),
    finishedBefore: (before) =>
      new Map([...runs.values()].filter((run) => run.finishedAt && run.finishedAt < before).map((run) => [run.sessionId, run.endPosition])),
  })
  return {
    log: createEventLog(storage, createMemoryBus()),
    other: () => createEventLog(storage, createMemoryBus()),
    addSession: async () => add(sessions, newId()),
    removeSession: async (id) => void sessions.delete(id),
    async addRun(sessionId, epoch, status = 'running') {
      const id = newId()
      runs.set(id, { sessionId, epoch, status, finishedAt: undefined, endPosition: 0 })
      return id
    },
    setRun: async (id, change) => void Object.assign(runs.get(id) ?? {}, change),
    close: async () => {},
  }
}

function add(set: Set<string>, id: string): string {
  set.add(id)
  return id
}

async function sqlRig({ db, close }: TestDatabase): Promise<Rig> {
  const userId = await addTestUser(db)
  const storage = createSqlStorage(db)
  return {
    log: createEventLog(storage, createMemoryBus()),
    other: () => createEventLog(storage, createMemoryBus(20)),
    ...sqlRows(db, userId),
    close,
  }
}

function sqlRows(sql: TransactionalSql, userId: string): Pick<Rig, 'addSession' | 'removeSession' | 'addRun' | 'setRun'> {
  return {
    async addSession() {
      const id = newId()
      await sql.query('INSERT INTO sessions (id, user_id) VALUES ($1, $2)', [id, userId])
      return id
    },
    removeSession: async (id) => void (await sql.query('DELETE FROM sessions WHERE id = $1', [id])),
    async addRun(sessionId, epoch, status = 'running') {
      const id = newId()
      await sql.query(
        'INSERT INTO runs (id, session_id, message_id, answer_id, status, epoch, position) VALUES ($1, $2, $3, $4, $5, $6, 0)',
        [id, sessionId, newId(), newId(), status, epoch],
      )
      return id
    },
    async setRun(id, { epoch, status, finishedAt, endPosition }) {
      await sql.query(
        'UPDATE runs SET epoch = COALESCE($2, epoch), status = COALESCE($3, status), finished_at = COALESCE($4, finished_at), end_position = COALESCE($5, end_position) WHERE id = $1',
        [id, epoch ?? null, status ?? null, finishedAt ?? null, endPosition ?? null],
      )
    },
  }
}
