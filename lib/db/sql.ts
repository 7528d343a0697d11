import { AppError } from '#lib/protocol/index.ts'

/** A value that both drivers bind alike. Arrays bind whole: `unnest($1::text[])`. */
export type SqlValue = string | number | boolean | null | Date | readonly SqlValue[]

/** SQL on either database: PostgreSQL's own dialect with `$1` placeholders, unnamed statements only. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly SqlValue[]): Promise<Row[]>
}

export interface TransactionalSql extends Sql {
  /** For a statement without rows that is run all the time: a driver may keep it prepared. Its parameters must be cast. */
  execute(text: string, values: readonly SqlValue[]): Promise<void>
  /** Commits when `work` resolves, rolls back when it throws. Nothing else may wait inside but the database. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>
}

/** What a driver's error says: the SQLSTATE and the constraint, from whichever wrapper it comes in. */
export function sqlErrorOf(error: unknown): { code: string; constraint: string | undefined; column: string | undefined } | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const { code, constraint, column } = current as { code?: unknown; constraint?: unknown; column?: unknown }
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
      return { code, constraint: asString(constraint), column: asString(column) }
    }
  }
  return undefined
}

/** SQLSTATE: connection, rolled back for another's sake, resources, an operator, cancelled, locked; and Prisma's own codes. */
const OUTAGE = /^(08|40|53|57P|57014|55P03|P10|P2024)/
const DISK_FULL = '53100'
/** As pg and its pool say it. */
const DRIVER_OUTAGE =
  /^(Connection terminated|Query read timeout|timeout (expired|exceeded)|Client has encountered a connection error|Client was closed|Cannot use a pool after)/

/**
 * Why the database could not be reached or could not serve, as an error to show; undefined when the statement is at fault.
 * What was sent may or may not have been done, and may be tried again.
 */
export function outageOf(error: unknown): AppError | undefined {
  const state = sqlErrorOf(error)?.code
  if (state === DISK_FULL) return outage("The database's disk is full. Free some space, then try again.", error)
  const isOutage = state === undefined ? isNetworkError(error) : OUTAGE.test(state)
  return isOutage ? outage('The database cannot be reached.', error) : undefined
}

function outage(message: string, cause: unknown): AppError {
  return new AppError('unavailable', message, { cause, recoverable: true })
}

function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof AppError) return false
  const { code } = error as { code?: unknown }
  return /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(String(code)) || DRIVER_OUTAGE.test(error.message)
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
