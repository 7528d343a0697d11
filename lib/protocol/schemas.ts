/** The schemas themselves, for the server. The page takes their types from index.ts: with them it would load their library. */
export * from './events.ts'
export * from './messages.ts'
export * from './requests.ts'
export * from './state.ts'
