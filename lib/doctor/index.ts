import 'server-only'

export * from './check.ts'
export * from './doctor.ts'
export { ticks } from './streaming.ts'
