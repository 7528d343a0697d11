import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '#lib/db/database.ts'
import { addTestUser, createTestServerDatabase, describeEach, MIGRATIONS } from '#lib/db/testing/database.ts'
import { newId } from '#lib/protocol/index.ts'
import { type Bus, createMemoryBus } from './bus.ts'
import { createEventLog } from './create-event-log.ts'
import type { EventLog } from './event-log.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { createSharedBus } from './shared-bus.ts'
import { createSqlStorage } from './sql-storage.ts'

/** Two hands on one log: of one process, or of two instances. */
interface Rig {
  here: EventLog
  there: EventLog
  buses: Bus[]
  sessionId: string
  close(): Promise<void>
}

const kinds = ['in process', 'between instances', 'between instances that hear nothing'] as const

describeEach(kinds, (kind) => kind !== 'in process')('the bus (%s)', (kind) => {
  let rig: Rig
  const leave = new Set<AbortController>()
  beforeEach(async () => {
    rig = await (kind === 'in process' ? rigInProcess() : rigBetweenInstances(kind === 'between instances'))
  })
  afterEach(async () => {
    for (const controller of leave) controller.abort()
    await rig.close()
  })

  /** Gathers the titles that a follower is given, and the seqs. */
  function follow(log: EventLog, after = 0) {
    const controller = new AbortController()
    leave.add(controller)
    const titles: string[] = []
    const seqs: number[] = []
    const ended = (async () => {
      for await (const followed of log.follow(rig.sessionId, { after, signal: controller.signal })) {
        if (followed.type === 'reset') throw new Error('The follower was reset.')
        for (const { event, seq } of followed.entries) {
          seqs.push(seq)
          if (event.type === 'session:title-updated') titles.push(String(event.title))
        }
      }
    })()
    return { titles, seqs, ended, leave: () => controller.abort() }
  }
  const say = (log: EventLog, title: string) => log.append(rig.sessionId, [{ type: 'session:title-updated', title }])
  const eventually = (look: () => unknown, wanted: unknown) => expect.poll(look, { timeout: 10_000 }).toEqual(wanted)

  test('a follower gets what is committed on either side, in the order of the log', async () => {
    const followers = [follow(rig.here), follow(rig.there), follow(rig.there)]
    const said: Promise<number>[] = []
    for (let count = 0; count < 50; count += 1) said.push(say(count % 2 ? rig.here : rig.there, String(count)))
    await Promise.all(said)
    await eventually(() => followers.map(({ seqs }) => seqs.length), [50, 50, 50])
    const log = await rig.here.read(rig.sessionId, 0, 100)
    for (const { titles, seqs } of followers) {
      expect(seqs).toEqual(log.map(({ seq }) => seq))
      expect(titles).toEqual(log.map(({ event }) => (event.type === 'session:title-updated' ? event.title : '')))
    }
  })

  test('one that comes late gets all after its cursor, then what follows', async () => {
    for (const title of ['a', 'b', 'c']) await say(rig.here, title)
    const late = follow(rig.there, 1)
    await eventually(() => late.titles, ['b', 'c'])
    for (const title of ['d', 'e', 'f']) {
      await say(rig.here, title)
      await eventually(() => late.titles.at(-1), title)
    }
    expect(late.titles).toEqual(['b', 'c', 'd', 'e', 'f'])
  })

  test('one that left is given nothing more, and the others go on', async () => {
    const [leaving, staying] = [follow(rig.there), follow(rig.there)]
    await say(rig.here, 'a')
    await eventually(() => [leaving.titles, staying.titles], [['a'], ['a']])
    leaving.leave()
    await leaving.ended
    await say(rig.here, 'b')
    await eventually(() => staying.titles, ['a', 'b'])
    expect(leaving.titles).toEqual(['a'])
  })

  test('followers end when the bus is closed', async () => {
    const followers = [follow(rig.here), follow(rig.there)]
    await say(rig.here, 'a')
    await eventually(() => followers.map(({ titles }) => titles), [['a'], ['a']])
    await Promise.all(rig.buses.map((bus) => bus.close()))
    await Promise.all(followers.map(({ ended }) => ended))
  })
})

async function rigInProcess(): Promise<Rig> {
  const sessionId = newId()
  const storage = createMemoryStorage({
    hasSession: (id) => id === sessionId,
    runningEpoch: () => undefined,
    finishedBefore: () => new Map(),
  })
  const bus = createMemoryBus()
  const log = createEventLog(storage, bus)
  return { here: log, there: log, buses: [bus], sessionId, close: () => bus.close() }
}

async function rigBetweenInstances(isHeard: boolean): Promise<Rig> {
  const { url, drop } = await createTestServerDatabase()
  const open = () => openDatabase({ url, dataFolder: '', migrationsFolder: MIGRATIONS, onError: console.error })
  const databases = [await open(), await open()]
  const buses = databases.map(({ channel }, index) => {
    if (!channel) throw new TypeError('A server database has a channel.')
    const silent = { isUp: false, send: async () => {}, subscribe: () => {}, onChange: () => {} }
    return createSharedBus(isHeard ? channel : silent, String(index), createSqlStorage(databases[index] as (typeof databases)[number]))
  })
  if (isHeard) await expect.poll(() => databases.every(({ channel }) => channel?.isUp), { timeout: 15_000 }).toBe(true)
  const [here, there] = databases.map((db, index) => createEventLog(createSqlStorage(db), buses[index] as Bus))
  const [db] = databases
  if (!db || !here || !there) throw new TypeError('There are two.')
  const sessionId = newId()
  await db.query('INSERT INTO sessions (id, user_id) VALUES ($1, $2)', [sessionId, await addTestUser(db)])
  return {
    here,
    there,
    buses,
    sessionId,
    async close() {
      for (const bus of buses) await bus.close()
      for (const one of databases) await one.close()
      await drop()
    },
  }
}
