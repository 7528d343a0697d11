import 'server-only'

export * from './queue.ts'
export { readMessagePage, readSnapshot, type SessionRow, toSessionInfo } from './snapshot.ts'
export * from './sql-store.ts'
export * from './worker.ts'
