import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRill } from '../bench/lib/server.ts'
import { TEMPLATE } from './data-folder.ts'

/** Makes one data folder for the tests to copy; returns what removes it. */
export default async function setUp(): Promise<() => void> {
  const template = mkdtempSync(join(tmpdir(), 'rill-template-'))
  const server = await startRill({ dataFolder: template })
  await server.stop()
  process.env[TEMPLATE] = template
  return () => rmSync(template, { recursive: true })
}
