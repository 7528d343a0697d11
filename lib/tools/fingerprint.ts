import { createHash } from 'node:crypto'
import type { Tool } from './tool.ts'

/** What a tool says of itself, as a hash: a person who allowed it allowed this, and is asked again when it changes. */
export function fingerprintOf({ name, description, inputSchema }: Pick<Tool, 'name' | 'description' | 'inputSchema'>): string {
  return createHash('sha256')
    .update(JSON.stringify([name, description, inOrder(inputSchema)]))
    .digest('hex')
}

/** The order of keys says nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, inOrder(item)]),
  )
}
