import 'server-only'
import type { Sql } from '#lib/db/sql.ts'
import type { Row } from './format.ts'

/** All that Rill keeps, in the order in which it can be filled. Jobs are made anew from the runs. */
export const TABLES = [
  'users',
  'auth_sessions',
  'accounts',
  'verifications',
  'sessions',
  'messages',
  'runs',
  'events',
  'approvals',
  'tool_decisions',
  'prompts',
  'files',
  'mcp_credentials',
]

/** About this much is read, or written, at a time. */
const PAGE_BYTES = 1_000_000
const MOST_ROWS = 1_000
const FIRST_ROWS = 50

/** Values are written as text in one way, whatever the server's settings; and no statement is too slow. */
const SETTINGS = ["TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'", 'statement_timeout = 0', 'idle_in_transaction_session_timeout = 0']

/** To be called in each transaction that reads or writes rows. */
export async function applySettings(tx: Sql): Promise<void> {
  for (const setting of SETTINGS) await tx.query(`SET LOCAL ${setting}`)
}

/** The columns of a table with their types; none when there is no such table. */
export async function columnsOf(sql: Sql, table: string): Promise<{ name: string; type: string }[]> {
  return sql.query(
    `SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [quoted(table)],
  )
}

/** All rows of a table in the order of its primary key, a page at a time. In a transaction. */
export async function* readRows(tx: Sql, table: string, columns: string[]): AsyncGenerator<Row[]> {
  const values = columns.map((column, index) => `${quoted(column)}::text AS c${index}`).join(', ')
  await tx.query(`DECLARE backup NO SCROLL CURSOR FOR SELECT ${values} FROM ${quoted(table)} ORDER BY ${await keyOf(tx, table)}`)
  // A file may have 5 MB, and come after a thousand small ones.
  const most = table === 'files' ? 1 : MOST_ROWS
  for (let count = Math.min(FIRST_ROWS, most); ; ) {
    const rows = (await tx.query<Record<string, string | null>>(`FETCH ${count} FROM backup`)).map(Object.values) as Row[]
    if (rows.length > 0) yield rows
    if (rows.length < count) break
    count = Math.min(nextCount(rows), most)
  }
  await tx.query('CLOSE backup')
}

/** Writes rows, given by columns and types. */
export async function insertRows(tx: Sql, table: string, columns: { name: string; type: string }[], rows: Row[]): Promise<void> {
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const values = columns.map(({ type }, index) => `c${index}::${type}`).join(', ')
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ')
  const aliases = columns.map((_, index) => `c${index}`).join(', ')
  await tx.query(
    `INSERT INTO ${quoted(table)} (${names}) SELECT ${values} FROM unnest(${arrays}) AS t(${aliases})`,
    columns.map((_, index) => rows.map((row) => row[index] ?? null)),
  )
}

/** True when so many rows that came together are enough to be written. */
export function isPage(rows: Row[]): boolean {
  return rows.length >= MOST_ROWS || sizeOf(rows) >= PAGE_BYTES
}

/** An answer may be a thousand times as long as another. */
function nextCount(rows: Row[]): number {
  const perRow = sizeOf(rows) / rows.length
  return Math.max(1, Math.min(MOST_ROWS, 2 * rows.length, Math.floor(PAGE_BYTES / Math.max(1, perRow))))
}

function sizeOf(rows: Row[]): number {
  return rows.reduce((sum, row) => sum + row.reduce((size, value) => size + (value?.length ?? 0), 0), 0)
}

/** Texts are compared byte by byte: every server has a language of its own. */
async function keyOf(tx: Sql, table: string): Promise<string> {
  const key = await tx.query<{ name: string; is_text: boolean }>(
    `SELECT a.attname::text AS name, a.attcollation <> 0 AS is_text
     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::int2[])
     WHERE i.indrelid = to_regclass($1) AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)`,
    [quoted(table)],
  )
  if (key.length === 0) throw new TypeError(`The table ${table} has no primary key.`)
  return key.map(({ name, is_text }) => `${quoted(name)}${is_text ? ' COLLATE "C"' : ''}`).join(', ')
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
