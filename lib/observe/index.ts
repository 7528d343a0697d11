import 'server-only'

export * from './log-runs.ts'
export * from './logger.ts'
export * from './metrics.ts'
export * from './observability.ts'
export * from './traces.ts'
