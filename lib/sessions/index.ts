import 'server-only'

export * from './frames.ts'
export * from './list-frames.ts'
export * from './list-news.ts'
export * from './prompts.ts'
export * from './sessions.ts'
