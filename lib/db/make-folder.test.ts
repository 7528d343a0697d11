import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rill-folder-'))
})
afterEach(() => rmSync(base, { recursive: true }))

test('makes a folder and those above it, once', () => {
  const path = join(base, 'a', 'b', 'c')
  makeFolder(path)
  makeFolder(path)
  expect(existsSync(path)).toBe(true)
})

test('a folder that cannot be made is named', () => {
  writeFileSync(join(base, 'file'), '')
  expect(() => makeFolder(join(base, 'file'))).toThrow(/file cannot be made \(EEXIST\)/)
  expect(() => makeFolder(join(base, 'file', 'folder'))).toThrow(/file\/folder cannot be made \(ENOTDIR\).+RILL_DATA_DIR/)
  if (process.platform === 'linux') expect(() => makeFolder('/proc/rill/data')).toThrow(/\/proc\/rill\/data cannot be made \(ENOENT\)/)
})
