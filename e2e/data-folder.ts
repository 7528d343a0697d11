import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names the folder that all others are copied from (e2e/global-setup.ts). */
export const TEMPLATE = 'E2E_DATA_TEMPLATE'

/** A data folder of its own, as a first start leaves it: to make a database takes longer than most tests. */
export function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
  const template = process.env[TEMPLATE]
  if (!template) throw new Error(`${TEMPLATE} is not set: the tests run without their global set-up.`)
  cpSync(template, folder, { recursive: true })
  return folder
}
