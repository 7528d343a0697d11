import * as z from 'zod/mini'

/** One list or its length: the page shows how many. */
const count = z.pipe(
  z.union([z.number(), z.array(z.unknown())]),
  z.transform((some) => (typeof some === 'number' ? some : some.length)),
)

/** A server of tools as `GET /api/mcp` tells of it. */
export const mcpServer = z.object({
  name: z.string(),
  status: z.enum(['connecting', 'ready', 'failed', 'needs-sign-in', 'disabled']),
  error: z.optional(z.nullable(z.string())),
  /** ISO time. */
  nextAttemptAt: z.optional(z.nullable(z.string())),
  tools: z.catch(count, 0),
  resources: z.catch(count, 0),
  prompts: z.catch(count, 0),
  /** What was left out of what it offers, and why. */
  notes: z.catch(z.array(z.string()), []),
})
export type McpServer = z.infer<typeof mcpServer>

export const mcpServers = z.object({ servers: z.array(mcpServer) })
