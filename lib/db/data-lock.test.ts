import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from './data-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rill-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const leaveLock = (text: string) => writeFileSync(join(folder, 'rill.lock'), text)

test('a second holder is refused, by name, until the first lets go', async () => {
  const lock = await lockDataFolder(folder)
  await expect(lockDataFolder(folder, 0)).rejects.toThrow(
    `is in use by process ${process.pid}. Stop it first, or give this one another folder with RILL_DATA_DIR.`,
  )
  lock.release()
  ;(await lockDataFolder(folder)).release()
  expect(readdirSync(folder)).toEqual([])
})

test('a lock whose process is dead is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--eval', ''])
  leaveLock(JSON.stringify({ pid, born: '1', host: hostname() }))
  ;(await lockDataFolder(folder, 0)).release()
})

test('a lock whose process id now belongs to another process is taken over', async () => {
  leaveLock(JSON.stringify({ pid: process.ppid, born: '1', host: hostname() }))
  ;(await lockDataFolder(folder, 0)).release()
})

test('a lock that a crash cut off is taken over', async () => {
  leaveLock('{"pid": 12')
  ;(await lockDataFolder(folder, 0)).release()
})

test('a lock of a container with the same host name and pids of its own stands while it is touched', async () => {
  leaveLock(JSON.stringify({ pid: 1, born: '1', host: hostname(), namespace: 'pid:[1]' }))
  await expect(lockDataFolder(folder, 0)).rejects.toMatchObject({ code: 'data-folder-locked' })
})

test('a lock of another host stands while it is touched', async () => {
  leaveLock(JSON.stringify({ pid: 1, born: '1', host: 'elsewhere' }))
  await expect(lockDataFolder(folder, 0)).rejects.toThrow('process 1 on host elsewhere')
})

test('who has just been killed is waited for', async () => {
  const lock = await lockDataFolder(folder)
  const next = lockDataFolder(folder)
  setTimeout(() => lock.release(), 150)
  ;(await next).release()
})

test.runIf(process.platform === 'linux')('a process that has ended and that nobody waited for holds nothing', async () => {
  // The shell becomes a program that never waits for its child.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 20'])
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8')
    const born = stat().split(') ')[1]?.split(' ')[19]
    leaveLock(JSON.stringify({ pid, born, host: hostname() }))
    await expect.poll(() => stat().split(') ')[1]?.[0]).toBe('Z')
    ;(await lockDataFolder(folder, 0)).release()
  } finally {
    parent.kill()
  }
})

/** Locks the folder when it is told to, says whether it could, and holds on until its input ends. */
const CONTENDER = `
import { once } from 'node:events'
import { lockDataFolder } from '#lib/db/data-lock.ts'
console.log('ready')
await once(process.stdin, 'data')
const lock = await lockDataFolder(process.argv[1], 0).catch((error) => error)
console.log('release' in lock ? 'held' : lock.code)
await once(process.stdin, 'end')`

const contend = () => spawn(process.execPath, ['--conditions=react-server', '--input-type=module', '--eval', CONTENDER, folder])

test('a process whose folder is removed says so and ends', async () => {
  const holder = contend()
  const lines = createInterface(holder.stdout)[Symbol.asyncIterator]()
  try {
    await lines.next()
    holder.stdin.write('go')
    expect((await lines.next()).value).toBe('held')
    rmSync(folder, { recursive: true })
    const [[code], said] = await Promise.all([once(holder, 'exit'), text(holder.stderr)])
    expect(code).toBe(1)
    expect(said).toContain(`The data folder ${folder} was removed`)
  } finally {
    holder.kill()
    mkdirSync(folder, { recursive: true })
  }
})

test('of many processes that find a dead lock at once, one gets it', async () => {
  const { pid } = spawnSync(process.execPath, ['--eval', ''])
  leaveLock(JSON.stringify({ pid, born: '1', host: hostname() }))
  const contenders = Array.from({ length: 5 }, contend)
  for (const { stderr } of contenders) stderr.pipe(process.stderr)
  const lines = contenders.map((contender) => createInterface(contender.stdout)[Symbol.asyncIterator]())
  const nextLines = async () => (await Promise.all(lines.map((line) => line.next()))).map(({ value }) => value)
  try {
    expect(await nextLines()).toEqual(contenders.map(() => 'ready'))
    for (const contender of contenders) contender.stdin.write('go')
    expect((await nextLines()).toSorted()).toEqual([...Array(4).fill('data-folder-locked'), 'held'])
  } finally {
    for (const contender of contenders) contender.kill()
  }
})
