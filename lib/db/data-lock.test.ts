import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from './data-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rill-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const leaveLock = (text: string) => writeFileSync(join(folder, 'rill.lock'), text)

test('a second holder is refused, by name, until the first lets go', () => {
  const lock = lockDataFolder(folder)
  expect(() => lockDataFolder(folder)).toThrow(
    `is in use by process ${process.pid}. Stop it first, or give this one another folder with RILL_DATA_DIR.`,
  )
  lock.release()
  lockDataFolder(folder).release()
  expect(readdirSync(folder)).toEqual([])
})

test('a lock whose process is dead is taken over', () => {
  const { pid } = spawnSync(process.execPath, ['--eval', ''])
  leaveLock(JSON.stringify({ pid, born: '1', host: hostname() }))
  lockDataFolder(folder).release()
})

test('a lock whose process id now belongs to another process is taken over', () => {
  leaveLock(JSON.stringify({ pid: process.ppid, born: '1', host: hostname() }))
  lockDataFolder(folder).release()
})

test('a lock that a crash cut off is taken over', () => {
  leaveLock('{"pid": 12')
  lockDataFolder(folder).release()
})

test('a lock of another host stands while it is touched', () => {
  leaveLock(JSON.stringify({ pid: 1, born: '1', host: 'elsewhere' }))
  expect(() => lockDataFolder(folder)).toThrow('process 1 on host elsewhere')
})

test('of many that find a dead lock at once, one gets it', () => {
  leaveLock('gone')
  const results = Array.from({ length: 10 }, () => {
    try {
      return lockDataFolder(folder)
    } catch {
      return undefined
    }
  })
  const held = results.filter((lock) => lock !== undefined)
  expect(held.length).toBe(1)
  held[0]?.release()
})
