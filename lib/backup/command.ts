import 'server-only'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { outageOf } from '#lib/db/sql.ts'
import { AppError } from '#lib/protocol/index.ts'
import { reasonOf, report } from '#lib/report.ts'
import type { Summaries } from './format.ts'

const TELL_MS = 2_000

export interface Arguments<Flag> {
  file: string
  /** The file as it was given. */
  name: string
  has(flag: Flag): boolean
}

/** A command's file and flags. Throws `invalid-request` with the usage when they are not as it says. */
export function readArguments<Flag extends string>(usage: string, flags: readonly Flag[]): Arguments<Flag> {
  try {
    const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const }]))
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [name, ...more] = positionals
    if (name === undefined || more.length > 0) throw new TypeError('Name one file.')
    // npm runs scripts in the project's folder, wherever it was called.
    return { file: resolve(process.env.INIT_CWD ?? process.cwd(), name), name, has: (flag) => values[flag] === true }
  } catch (error) {
    throw new AppError('invalid-request', `${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

/** Runs a command; of a failure that has a name its message is shown, and the process ends with 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const outage = outageOf(error)
    if (outage) console.error(`${outage.message} Check DATABASE_URL: ${reasonOf(error)}`)
    else if (error instanceof AppError) console.error(error.message)
    // Of a file, the system's own words name it.
    else if ((error as NodeJS.ErrnoException).syscall) console.error((error as Error).message)
    else report(error)
    process.exitCode = 1
  }
}

export function ownVersion(): string {
  return (JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as { version: string }).version
}

/** Says how far the work is, now and then. */
export function progressTo(totals?: Summaries): (table: string, rows: number) => void {
  let last = performance.now()
  return (table, rows) => {
    if (performance.now() - last < TELL_MS) return
    last = performance.now()
    const total = totals?.[table]?.rows
    console.log(`  ${table}: ${rows.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}`)
  }
}

/** What a backup has, for a person. */
export function listOf(tables: Summaries): string {
  const counted = ['users', 'sessions', 'messages', 'runs', 'events'].map(
    (table) => `${(tables[table]?.rows ?? 0).toLocaleString('en')} ${table}`,
  )
  return counted.join(', ')
}
