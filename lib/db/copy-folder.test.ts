import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { copyLiveFolder } from './copy-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'rill-copy-'))
afterAll(() => rmSync(root, { recursive: true }))

function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name).slice(folder.length), readFileSync(join(parentPath, name), 'utf8')]),
  )
}

test('a folder that is written to is copied as it is when the writing is halted', async () => {
  const from = join(root, 'from')
  mkdirSync(join(from, 'base', 'empty'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(from, name), text)
  for (const name of ['old', 'changed', 'removed', 'base/old']) {
    write(name, name)
    utimesSync(join(from, name), new Date(0), new Date(0))
  }
  write('fresh', 'first')
  const to = join(root, 'to')
  await copyLiveFolder(from, to, async (work) => {
    write('changed', 'CHANGED')
    // Of the same length, and perhaps within the same moment.
    write('fresh', 'FIRST')
    rmSync(join(from, 'removed'))
    write('base/new', 'new')
    const before = contentsOf(from)
    await work()
    expect(contentsOf(to)).toEqual(before)
    expect(contentsOf(to)).toEqual({ '/old': 'old', '/changed': 'CHANGED', '/fresh': 'FIRST', '/base/old': 'base/old', '/base/new': 'new' })
  })
  expect(readdirSync(join(to, 'base')).sort()).toEqual(['empty', 'new', 'old'])
})
