/** Keeps what a sign-in left: secrets, as text. */
export interface McpCredentials {
  load(server: string): Promise<string | null>
  save(server: string, data: string | null): Promise<void>
}

/** Lost when the process ends. */
export function createMemoryCredentials(): McpCredentials {
  const kept = new Map<string, string>()
  return {
    load: async (server) => kept.get(server) ?? null,
    async save(server, data) {
      if (data === null) kept.delete(server)
      else kept.set(server, data)
    },
  }
}
