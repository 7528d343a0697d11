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

/** True when the connection, not the statement, is at fault: what was sent may or may not have been done. */
export function isConnectionError(error: unknown): boolean {
  const state = sqlErrorOf(error)?.code
  if (state !== undefined) return /^(08|53|57P)/.test(state)
  const { code, message } = error as { code?: unknown; message?: unknown }
  return /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(String(code)) || /connection|timeout/i.test(String(message))
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
