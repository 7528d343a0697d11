import 'server-only'

export * from './auth.ts'
export * from './mcp-credentials.ts'
export * from './secret.ts'
