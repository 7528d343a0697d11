import { type AddressInfo, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Channel, NOTIFY, openChannel } from './channel.ts'
import { createTestServerDatabase, hasServer } from './testing/database.ts'

describe.runIf(hasServer)('the channel between instances (postgres)', () => {
  let server: { url: string; drop: () => Promise<void> }
  let pool: pg.Pool
  let channels: Channel[]
  let errors: Error[]
  beforeEach(async () => {
    server = await createTestServerDatabase()
    pool = new pg.Pool({ connectionString: server.url, max: 2 })
    channels = []
    errors = []
  })
  afterEach(async () => {
    await Promise.all(channels.map((channel) => channel.close()))
    await pool.end()
    await server.drop()
  })

  function open(url = server.url): Channel {
    const channel = openChannel({ url, notify: (payload) => pool.query(NOTIFY, [payload]), onError: (error) => errors.push(error) })
    channels.push(channel)
    return channel
  }

  const isUp = (channel: Channel, wanted = true) => expect.poll(() => channel.isUp, { timeout: 15_000 }).toBe(wanted)

  test('what one sends, all receive, by topic', async () => {
    const [a, b] = [open(), open()]
    const received: string[] = []
    a.subscribe('log', (text) => received.push(`a ${text}`))
    b.subscribe('log', (text) => received.push(`b ${text}`))
    b.subscribe('cancel', (text) => received.push(`b cancel ${text}`))
    await isUp(a)
    await isUp(b)
    await a.send('log', 'one two')
    await a.send('cancel', "it's")
    await expect.poll(() => [...received].sort()).toEqual(['a one two', "b cancel it's", 'b one two'])
    expect(errors).toEqual([])
  })

  test('a connection that is killed is opened again, and it is said that something may have been missed', async () => {
    const channel = open()
    const changes: boolean[] = []
    channel.onChange(() => changes.push(channel.isUp))
    await isUp(channel)
    await pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rill-listen' AND datname = current_database()",
    )
    await expect.poll(() => changes, { timeout: 15_000 }).toEqual([true, false, true])
    expect(errors).toHaveLength(1)
    const received: string[] = []
    channel.subscribe('log', (text) => received.push(text))
    await channel.send('log', 'after')
    await expect.poll(() => received).toEqual(['after'])
  })

  test('where NOTIFY does not arrive, that is said once, with what to do', async () => {
    const elsewhere = await createTestServerDatabase()
    try {
      const channel = open(elsewhere.url)
      await expect
        .poll(() => errors.map((error) => error.message), { timeout: 15_000 })
        .toEqual([expect.stringContaining('DATABASE_DIRECT_URL')])
      expect(channel.isUp).toBe(false)
      await channel.close()
    } finally {
      await elsewhere.drop()
    }
  })

  test('a server that is not there is said once, and closing does not wait for it', async () => {
    const channel = open('postgres://127.0.0.1:1/none')
    await expect.poll(() => errors.length, { timeout: 15_000 }).toBe(1)
    await channel.close()
    expect(errors).toHaveLength(1)
  })
})

test('a server that takes the login and then says nothing holds up no end', async () => {
  const loggedIn = Promise.withResolvers<void>()
  // "R": who it is is believed; "Z": it is ready.
  const answer = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.once('data', () => socket.write(answer, () => loggedIn.resolve()))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const channel = openChannel({ url: `postgres://rill@127.0.0.1:${port}/rill`, notify: async () => {}, onError: () => {} })
  await loggedIn.promise
  await channel.close()
  expect(channel.isUp).toBe(false)
  for (const socket of sockets) socket.destroy()
  server.close()
})
