import { oneOf, shapeOf } from './shape.ts'

const STATUSES = ['idle', 'connecting', 'ready', 'failed', 'needs-sign-in', 'disabled'] as const

/** A server of tools as `GET /api/mcp` tells of it. */
export interface McpServer {
  name: string
  status: (typeof STATUSES)[number]
  error?: string
  /** ISO time. */
  nextAttemptAt?: string
  tools: number
  resources: number
  prompts: number
  /** What was left out of what it offers, and why. */
  notes: string[]
}

/** What the answer tells of servers; one that it cannot be read of is left out. */
export function readMcpServers(answer: unknown): McpServer[] {
  const servers = shapeOf(answer)?.servers
  return Array.isArray(servers) ? servers.flatMap((one) => readServer(one) ?? []) : []
}

function readServer(value: unknown): McpServer | undefined {
  const { name, status: state, error, nextAttemptAt, tools, resources, prompts, notes } = shapeOf(value) ?? {}
  const status = oneOf(STATUSES, state)
  if (typeof name !== 'string' || !status) return undefined
  return {
    name,
    status,
    ...(typeof error === 'string' && { error }),
    ...(typeof nextAttemptAt === 'string' && { nextAttemptAt }),
    tools: countOf(tools),
    resources: countOf(resources),
    prompts: countOf(prompts),
    notes: Array.isArray(notes) ? notes.filter((note) => typeof note === 'string') : [],
  }
}

/** One list or its length: the page shows how many. */
function countOf(some: unknown): number {
  if (Array.isArray(some)) return some.length
  return typeof some === 'number' ? some : 0
}
