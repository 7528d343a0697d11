export * from './config.ts'
export * from './credentials.ts'
export type { McpServerStatus, McpTiming } from './server.ts'
export * from './servers.ts'
