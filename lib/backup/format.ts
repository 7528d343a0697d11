import 'server-only'
import { createHash, type Hash } from 'node:crypto'
import * as z from 'zod'
import { AppError } from '#lib/protocol/index.ts'

/*
 * A backup is gzip over lines of JSON:
 *   the header;
 *   for each table a line {table, columns}, then a line for each row: an array of its values as PostgreSQL writes them as text;
 *   the trailer: how many rows each table has and their SHA-256, and the SHA-256 of all that stands before.
 */

export const FORMAT = 1

/** A value as PostgreSQL writes it as text. */
export type Row = (string | null)[]

const migration = z.object({ name: z.string(), checksum: z.string() })

export const headerSchema = z.object({
  rill: z.literal('backup'),
  format: z.literal(FORMAT),
  /** Of the Rill that made it. */
  version: z.string(),
  createdAt: z.string(),
  from: z.enum(['embedded', 'postgres']),
  /** What was applied to the database, in order. */
  migrations: z.array(migration),
  /** What signs cookies, where the data folder kept it. */
  secret: z.string().optional(),
  /** Tells whether a secret is the one that signed the cookies. */
  secretMark: z.object({ salt: z.string(), hash: z.string() }).optional(),
})

export const tableSchema = z.strictObject({ table: z.string(), columns: z.array(z.string()).min(1) })
export const rowSchema = z.array(z.string().nullable())
const summarySchema = z.strictObject({ rows: z.number(), checksum: z.string() })
export const trailerSchema = z.strictObject({ tables: z.record(z.string(), summarySchema), checksum: z.string() })

export type Header = z.infer<typeof headerSchema>
export type Table = z.infer<typeof tableSchema>
/** How many rows a table has, and the SHA-256 of their lines in the order of the primary key. */
export type TableSummary = z.infer<typeof summarySchema>
export type Summaries = Record<string, TableSummary>

export function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`
}

/** Sums up a table's rows, given in their order. */
export class TableDigest {
  #rows = 0
  readonly #hash: Hash = createHash('sha256')

  addLines(lines: string, count: number): void {
    this.#rows += count
    this.#hash.update(lines)
  }

  /** To be called once. */
  summary(): TableSummary {
    return { rows: this.#rows, checksum: this.#hash.digest('hex') }
  }
}

export function damaged(what: string, cause?: unknown): AppError {
  return new AppError('backup-damaged', `The backup is damaged: ${what}. Take another one.`, { cause })
}
