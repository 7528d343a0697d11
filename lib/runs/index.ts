import 'server-only'

export { OPEN_RUNS } from './accept.ts'
export * from './queue.ts'
export { searchMessages, searchQuery } from './search.ts'
export * from './shifts.ts'
export { MESSAGE_PAGE, readMessagePage, readSnapshot, SESSION_COLUMNS, type SessionRow, toSessionInfo } from './snapshot.ts'
export * from './sql-store.ts'
export * from './worker.ts'
