import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
// @ts-expect-error: the scripts are plain JavaScript
import { compress } from '../scripts/lib/compress-static.mjs'

const ROOT = join(import.meta.dirname, '..')
const SHARED = ['node_modules', 'package.json', 'next.config.js', 'prisma']

/**
 * A folder with the production build as another version would have it: the build and the scripts in which its name stands have
 * other names.
 */
export function makeOtherBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rill-build-'))
  for (const name of SHARED) symlinkSync(join(ROOT, name), join(folder, name))
  const own = readFileSync(join(ROOT, '.next/BUILD_ID'), 'utf8')
  const scripts = join(ROOT, '.next/static/chunks')
  const named = readdirSync(scripts).filter((file) => file.endsWith('.js') && readFileSync(join(scripts, file)).includes(own))
  const names = [own, ...named.map((file) => basename(file, '.js'))].map((name) => [name, [...name].reverse().join('')] as const)
  cpSync(join(ROOT, '.next'), join(folder, '.next'), { recursive: true, filter: (path) => !path.startsWith(join(ROOT, '.next/cache')) })
  rename(join(folder, '.next'), names)
  for (const file of named) compress(join(folder, '.next/static/chunks', renamed(file, names)))
  return folder
}

/** Names that are there, with what takes their place. */
type Names = readonly (readonly [string, string])[]

const renamed = (text: string, names: Names) => names.reduce((result, [own, other]) => result.replaceAll(own, other), text)

function rename(path: string, names: Names): void {
  for (const name of readdirSync(path)) {
    const from = join(path, name)
    const to = join(path, renamed(name, names))
    if (to !== from) renameSync(from, to)
    if (statSync(to).isDirectory()) rename(to, names)
    else renameWithin(to, names)
  }
}

function renameWithin(file: string, names: Names): void {
  const bytes = readFileSync(file)
  if (names.some(([own]) => bytes.includes(own))) writeFileSync(file, renamed(bytes.toString('utf8'), names))
}
