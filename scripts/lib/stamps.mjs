import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './run.mjs'

/** The SHA-256 of files and folders below the project's, by name and content. What is not there counts as empty. */
export function hashOf(paths, skip = () => false) {
  const hash = createHash('sha256')
  for (const path of paths
    .flatMap((one) => filesOf(one))
    .filter((path) => !skip(path))
    .sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesOf(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full).flatMap((name) => filesOf(`${path}/${name}`))
}

/** What was noted in a stamp file; empty when there is none, or it was cut off. */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch {
    // No stamp: the step is done again, which is always right.
    return {}
  }
}

export function writeStamp(path, values) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), JSON.stringify({ ...readStamp(path), ...values }))
}
