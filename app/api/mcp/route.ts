import { json, otherMethods, route } from '#lib/http/index.ts'

/** How the MCP servers are: nothing of their configuration. */
export const GET = route(async ({ runtime }) => json({ servers: runtime.mcp.status() }))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
