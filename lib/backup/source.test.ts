import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import { type DataLock, lockDataFolder } from '#lib/db/data-lock.ts'
import type { Database } from '#lib/db/database.ts'
import { AppError } from '#lib/protocol/index.ts'
import { COPY_PATH, copyDatabase, newCopyName } from './live-copy.ts'
import { openSource, removeLeftCopies } from './source.ts'

let dataFolder: string
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'rill-source-'))
})
afterEach(() => rmSync(dataFolder, { recursive: true }))

test('of what is called like a backup, only a copy that nobody holds is removed', async () => {
  const [left, held, file, link] = [newCopyName(), newCopyName(), newCopyName(), newCopyName()]
  mkdirSync(join(dataFolder, left, 'postgres'), { recursive: true })
  const lock = await lockDataFolder(join(dataFolder, held))
  const photos = join(dataFolder, 'backup-of-my-photos')
  mkdirSync(photos)
  writeFileSync(join(photos, 'one.jpg'), '')
  writeFileSync(join(dataFolder, 'backup-list.txt'), '')
  writeFileSync(join(dataFolder, file), '')
  symlinkSync(photos, join(dataFolder, link))
  await removeLeftCopies(dataFolder)
  expect(readdirSync(dataFolder).sort()).toEqual([held, file, link, 'backup-of-my-photos', 'backup-list.txt'].sort())
  expect(readdirSync(photos)).toEqual(['one.jpg'])
  lock.release()
})

test('a backup that is stopped while the server copies waits no longer, tells the server, and leaves nothing', async () => {
  mkdirSync(join(dataFolder, 'postgres'))
  const running = await lockDataFolder(dataFolder)
  const server = createServer().listen(0, '127.0.0.1')
  const stop = new AbortController()
  try {
    await once(server, 'listening')
    const asked = once(server, 'request') as Promise<[IncomingMessage]>
    const config = readConfig({ RILL_DATA_DIR: dataFolder, HOST: '127.0.0.1', PORT: String((server.address() as AddressInfo).port) })
    const opening = openSource(config, (error) => expect.fail(String(error)), stop.signal)
    const [request] = await asked
    expect(request.url).toBe(COPY_PATH)
    expect(readdirSync(dataFolder).filter((name) => name.startsWith('backup-'))).toHaveLength(1)
    const left = once(request.socket, 'close')
    stop.abort(new AppError('cancelled', 'Stopped: there is no backup.'))
    await expect(opening).rejects.toThrow('Stopped: there is no backup.')
    await left
    expect(readdirSync(dataFolder).sort()).toEqual(['postgres', 'rill.lock'])
  } finally {
    server.close()
    running.release()
  }
})

test('a copy is there for who asked and waits; for one who has gone nothing is left', async () => {
  mkdirSync(join(dataFolder, 'postgres'))
  const [waited, left] = [newCopyName(), newCopyName()]
  const locks = new Map<string, DataLock>()
  for (const name of [waited, left]) locks.set(name, await lockDataFolder(join(dataFolder, name)))
  const copyTo = async (to: string) => {
    mkdirSync(join(to, 'postgres'))
    if (to.endsWith(left)) locks.get(left)?.release()
  }
  const runtime = { db: { copyTo } as Partial<Database> as Database, config: readConfig({ RILL_DATA_DIR: dataFolder }) }
  for (const name of [waited, left]) await copyDatabase(runtime, name)
  expect(readdirSync(dataFolder).sort()).toEqual([waited, 'postgres'].sort())
  expect(readdirSync(join(dataFolder, waited)).sort()).toEqual(['postgres', 'rill.lock'])
  locks.get(waited)?.release()
})
