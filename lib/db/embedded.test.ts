import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { embeddedFolder, openEmbedded } from './embedded.ts'

const base = mkdtempSync(join(tmpdir(), 'rill-embedded-'))
afterAll(() => rmSync(base, { recursive: true }))

const modesOf = (folder: string) => [folder, embeddedFolder(folder)].map((path) => statSync(path).mode & 0o777)

test('other users of the machine are shut out of the database; a data folder that was there keeps its mode', {
  timeout: 60_000,
}, async () => {
  const fresh = join(base, 'fresh')
  await (await openEmbedded(fresh)).close()
  expect(modesOf(fresh)).toEqual([0o700, 0o700])

  const mounted = join(base, 'mounted')
  mkdirSync(embeddedFolder(mounted), { recursive: true })
  for (const path of [mounted, embeddedFolder(mounted)]) chmodSync(path, 0o755)
  const driver = await openEmbedded(mounted)
  expect(modesOf(mounted)).toEqual([0o755, 0o700])
  expect(await driver.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await driver.close()
})
