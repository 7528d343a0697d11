import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from '#lib/db/data-lock.ts'
import { newCopyName } from './live-copy.ts'
import { removeLeftCopies } from './source.ts'

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
