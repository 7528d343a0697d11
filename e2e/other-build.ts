import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const SHARED = ['node_modules', 'package.json', 'next.config.js', 'prisma']

/** A folder with the production build as another version would have it: all that is named after the build has another name. */
export function makeOtherBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rill-build-'))
  for (const name of SHARED) symlinkSync(join(ROOT, name), join(folder, name))
  const own = readFileSync(join(ROOT, '.next/BUILD_ID'), 'utf8')
  const other = [...own].reverse().join('')
  cpSync(join(ROOT, '.next'), join(folder, '.next'), { recursive: true, filter: (path) => !path.startsWith(join(ROOT, '.next/cache')) })
  rename(join(folder, '.next'), own, other)
  return folder
}

function rename(path: string, own: string, other: string): void {
  for (const name of readdirSync(path)) {
    const from = join(path, name)
    const to = join(path, name.replaceAll(own, other))
    if (to !== from) renameSync(from, to)
    if (statSync(to).isDirectory()) rename(to, own, other)
    else renameWithin(to, own, other)
  }
}

function renameWithin(file: string, own: string, other: string): void {
  const bytes = readFileSync(file)
  if (bytes.includes(own)) writeFileSync(file, bytes.toString('utf8').replaceAll(own, other))
}
