import 'server-only'
import type { Config } from '#lib/config.ts'
import type { Sql } from '#lib/db/sql.ts'
import { AppError } from '#lib/protocol/index.ts'
import { reasonOf } from '#lib/report.ts'

/** Whom the doctor looks at: a server that runs, or one that is to be started. */
export interface Subject {
  config: Config
  /** Of this server; undefined when there is none yet. */
  secret: string | undefined
  /** Opens the embedded database, or what the server has open; null when there is none yet. */
  openEmbedded: (() => Promise<Sql>) | null
  /** True when a server answers at `config.ownUrl`. */
  isServing: boolean
  /** How often the provider sent what this version does not know, by its name. */
  ignored?: ReadonlyMap<string, number>
  /** This machine's clock. */
  now?: () => number
}

/** What was seen of one thing that Rill stands on. */
export interface Finding {
  name: string
  status: 'ok' | 'warning' | 'failed'
  found: string
  /** What to change. */
  change?: string
}

export interface Check {
  name: string
  limitMs: number
  /** What to change when looking fails, or takes too long. */
  change: string
  /** Must let go of everything when `signal` aborts, which it also does at the end. */
  look(signal: AbortSignal): Promise<Omit<Finding, 'name'>>
}

/** Carries out a check within its time. Never throws: what goes wrong is the finding. */
export async function carryOut({ name, limitMs, change, look }: Check): Promise<Finding> {
  const ended = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`There was no answer within ${limitMs / 1_000} s.`)), limitMs)
  try {
    return { name, ...(await Promise.race([look(ended.signal), late.promise])) }
  } catch (error) {
    const reason = reasonOf(error)
    // Of Rill's own errors the first sentence says what is wrong, the others what to change.
    const [found = '', ...advice] = error instanceof AppError ? reason.split(/(?<=\.) /) : [reason]
    return { name, status: 'failed', found, change: advice.join(' ') || change }
  } finally {
    clearTimeout(timer)
    ended.abort()
  }
}
