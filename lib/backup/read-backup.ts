import 'server-only'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type * as z from 'zod'
import { AppError } from '#lib/protocol/index.ts'
import {
  damaged,
  FORMAT,
  type Header,
  headerSchema,
  lineOf,
  type Row,
  rowSchema,
  type Summaries,
  type Table,
  TableDigest,
  tableSchema,
  trailerSchema,
} from './format.ts'

/** A piece of a backup, in the order of the file. */
export type Part = { header: Header } | { table: Table } | { rows: Row[] } | { end: Summaries }

const NEWLINE = 0x0a

/**
 * Reads a backup piece by piece. `end` comes only when the file is whole and every checksum is right. Throws `backup-damaged`
 * when it is not, `backup-refused` when it is no backup or of a newer format; the file system's errors as they are.
 */
export async function* readBackup(path: string): AsyncGenerator<Part> {
  const parser = new Parser()
  for await (const lines of linesOf(path)) yield* parser.parse(lines)
  yield { end: parser.end() }
}

/** Reads a backup from its first byte to its last. Throws as `readBackup` does. */
export async function checkBackup(path: string): Promise<{ header: Header; tables: Summaries }> {
  let header: Header | undefined
  for await (const part of readBackup(path)) {
    if ('header' in part) header = part.header
    if (header && 'end' in part) return { header, tables: part.end }
  }
  throw damaged('it is empty')
}

/** The header alone: the rest is not looked at. */
export async function readHeader(path: string): Promise<Header> {
  for await (const part of readBackup(path)) if ('header' in part) return part.header
  throw damaged('it is empty')
}

class Parser {
  readonly #whole = createHash('sha256')
  readonly #tables: Summaries = {}
  #hasHeader = false
  #table: (Table & { digest: TableDigest }) | undefined
  #end: Summaries | undefined;

  *parse(lines: string[]): Generator<Part> {
    let rows: Row[] = []
    for (const line of lines) {
      if (this.#end) throw damaged('it goes on after its end')
      const value = parseJson(line)
      if (Array.isArray(value)) rows.push(this.#row(line, value))
      else {
        if (rows.length > 0) yield { rows }
        rows = []
        const part = this.#structure(line, value)
        if (part) yield part
      }
    }
    if (rows.length > 0) yield { rows }
  }

  end(): Summaries {
    if (!this.#end) throw damaged('its end is missing')
    return this.#end
  }

  #row(line: string, value: unknown): Row {
    const row = checked(rowSchema, value)
    if (row.length !== this.#table?.columns.length) throw damaged('a row does not fit its table')
    this.#whole.update(line).update('\n')
    this.#table.digest.addLines(`${line}\n`, 1)
    return row
  }

  #structure(line: string, value: unknown): Part | undefined {
    if (!this.#hasHeader) {
      this.#hasHeader = true
      this.#whole.update(line).update('\n')
      return { header: headerOf(value) }
    }
    this.#closeTable()
    if (typeof value === 'object' && value !== null && 'table' in value) {
      const table = checked(tableSchema, value)
      if (Object.hasOwn(this.#tables, table.table)) throw damaged(`it has the table ${table.table} twice`)
      this.#whole.update(line).update('\n')
      this.#table = { ...table, digest: new TableDigest() }
      return { table }
    }
    const trailer = checked(trailerSchema, value)
    if (trailer.checksum !== this.#whole.digest('hex') || lineOf(trailer.tables) !== lineOf(this.#tables))
      throw damaged('its checksum is wrong')
    this.#end = this.#tables
    return undefined
  }

  #closeTable(): void {
    if (this.#table) this.#tables[this.#table.table] = this.#table.digest.summary()
    this.#table = undefined
  }
}

function headerOf(value: unknown): Header {
  const { rill, format } = (value ?? {}) as { rill?: unknown; format?: unknown }
  if (rill !== 'backup') throw noBackup()
  if (format !== FORMAT) {
    const message = `The backup is of format ${String(format)}, and this version reads ${FORMAT}. Restore it with the version that made it.`
    throw new AppError('backup-refused', message)
  }
  return checked(headerSchema, value)
}

function noBackup(cause?: unknown): AppError {
  return new AppError('backup-refused', 'This is no backup of Rill.', { cause })
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw damaged('a line is not as it should be', parsed.error)
  return parsed.data
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw damaged('a line is not as it should be', error)
  }
}

/** Complete lines, as many at a time as come together. */
async function* linesOf(path: string): AsyncGenerator<string[]> {
  const gunzip = createGunzip()
  // What breaks is thrown where the lines are read.
  pipeline(createReadStream(path), gunzip, () => {})
  let begun: Buffer[] = []
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      const end = bytes.lastIndexOf(NEWLINE)
      if (end < 0) {
        begun.push(bytes)
        continue
      }
      yield Buffer.concat([...begun, bytes.subarray(0, end)])
        .toString('utf8')
        .split('\n')
      begun = end + 1 < bytes.length ? [bytes.subarray(end + 1)] : []
    }
  } catch (error) {
    throw readingError(error)
  }
  if (begun.length > 0) throw damaged('its end is missing')
}

function readingError(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string }
  if (message === 'incorrect header check') return noBackup(error)
  if (code === 'Z_BUF_ERROR') return damaged('its end is missing', error)
  return code?.startsWith('Z_') || code === 'ERR_STRING_TOO_LONG' ? damaged('it cannot be decompressed', error) : error
}
