import 'server-only'

export * from './frames.ts'
export * from './prompts.ts'
export * from './sessions.ts'
