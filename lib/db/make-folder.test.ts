import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isOpenToOthers, makeFolder, makePrivateFolder } from './make-folder.ts'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rill-folder-'))
})
afterEach(() => rmSync(base, { recursive: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

test('makes a folder and those above it, once', () => {
  const path = join(base, 'a', 'b', 'c')
  makeFolder(path)
  makeFolder(path)
  expect(existsSync(path)).toBe(true)
})

test('a folder that is made is its owner’s alone; one that is there keeps its mode', () => {
  const path = join(base, 'data')
  makeFolder(path)
  expect(modeOf(path)).toBe(0o700)
  chmodSync(path, 0o750)
  makeFolder(path)
  expect(modeOf(path)).toBe(0o750)
})

test('a private one is closed to others, whether it was there or not', () => {
  const [fresh, open] = [join(base, 'fresh'), join(base, 'open')]
  mkdirSync(open)
  chmodSync(open, 0o755)
  expect(isOpenToOthers(open)).toBe(true)
  for (const path of [fresh, open]) {
    makePrivateFolder(path)
    expect(modeOf(path)).toBe(0o700)
    expect(isOpenToOthers(path)).toBe(false)
  }
})

test.runIf(process.platform === 'linux')('where the system does not let it be closed, that stops nothing', () => {
  // Whoever asks, the kernel refuses with EPERM.
  expect(() => chmodSync('/proc/self', 0o700)).toThrow(/EPERM/)
  makePrivateFolder('/proc/self')
  expect(isOpenToOthers('/proc/self')).toBe(true)
})

test('a folder that cannot be made is named', () => {
  writeFileSync(join(base, 'file'), '')
  expect(() => makeFolder(join(base, 'file'))).toThrow(/file cannot be made \(EEXIST\)/)
  expect(() => makeFolder(join(base, 'file', 'folder'))).toThrow(/file\/folder cannot be made \(ENOTDIR\).+RILL_DATA_DIR/)
  if (process.platform === 'linux') expect(() => makeFolder('/proc/rill/data')).toThrow(/\/proc\/rill\/data cannot be made \(ENOENT\)/)
})
