/** Keeps what a sign-in left: secrets, as text. */
export interface McpCredentials {
  load(server: string): Promise<string | null>
  /** With `expected` (what `load` said) only where nobody saved anything else meanwhile; false when somebody did. */
  save(server: string, data: string | null, expected?: string | null): Promise<boolean>
}

/** Lost when the process ends. */
export function createMemoryCredentials(): McpCredentials {
  const kept = new Map<string, string>()
  return {
    load: async (server) => kept.get(server) ?? null,
    async save(server, data, expected) {
      if (expected !== undefined && (kept.get(server) ?? null) !== expected) return false
      if (data === null) kept.delete(server)
      else kept.set(server, data)
      return true
    },
  }
}
