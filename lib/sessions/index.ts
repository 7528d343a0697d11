import 'server-only'

export * from './frames.ts'
export * from './sessions.ts'
