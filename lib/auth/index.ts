import 'server-only'

export * from './auth.ts'
export * from './secret.ts'
