import * as z from 'zod/mini'

/** A server of tools as `GET /api/mcp` tells of it. */
export const mcpServer = z.object({
  name: z.string(),
  status: z.enum(['idle', 'connecting', 'ready', 'failed', 'needs-sign-in', 'disabled']),
  error: z.optional(z.string()),
  /** ISO time. */
  nextAttemptAt: z.optional(z.string()),
  tools: z.number(),
  resources: z.number(),
  prompts: z.number(),
  /** What was left out of what it offers, and why. */
  notes: z.array(z.string()),
})
export type McpServer = z.infer<typeof mcpServer>

export const mcpServers = z.object({ servers: z.array(mcpServer) })
