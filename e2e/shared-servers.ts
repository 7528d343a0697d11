import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FilledServer, serverWithConversations } from '../bench/fixtures/server.ts'
import type { ScriptedProvider } from '../bench/lib/provider.ts'
import { type RillServer, startRill } from '../bench/lib/server.ts'
import { newDataFolder } from './data-folder.ts'

export const DEMO = { RILL_MODEL: 'demo', RILL_DEMO_TOKENS_PER_SECOND: '0' }

/** The reference server of MCP. */
export const EVERYTHING = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js')

/** Its tools, of which `echo` is asked about; beside it the demo model. */
const TOOLS = {
  mcpServers: {
    everything: {
      command: process.execPath,
      args: [EVERYTHING, 'stdio'],
      approval: { echo: 'ask', 'trigger-elicitation-request': 'always-allow', 'trigger-long-running-operation': 'always-allow' },
    },
  },
}

/** How many messages the sessions of `filled` have. */
const COUNTS = [10_000, 50]

type Use<T> = (value: T) => Promise<void>

export interface ServerWithTools {
  url: string
  /** Kills it and starts it again on what it left. */
  restart(): Promise<void>
}

/** Uses a server on a new folder, and removes both. */
export async function withServer(env: Record<string, string>, use: Use<RillServer>): Promise<void> {
  const dataFolder = newDataFolder()
  const server = await startRill({ dataFolder, env })
  await use(server)
  await server.stop()
  rmSync(dataFolder, { recursive: true })
}

export async function withConversations(provider: ScriptedProvider, use: Use<FilledServer>): Promise<void> {
  const dataFolder = newDataFolder()
  const env = { OPENAI_BASE_URL: provider.url }
  const filled = await serverWithConversations((port) => startRill({ dataFolder, env, ...(port && { port }) }), dataFolder, COUNTS)
  await use(filled)
  await filled.server.stop()
  rmSync(dataFolder, { recursive: true })
}

export async function withReferenceTools(use: Use<ServerWithTools>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
  const dataFolder = newDataFolder()
  const config = join(folder, 'rill.config.json')
  writeFileSync(config, JSON.stringify(TOOLS))
  const start = (port?: number) => startRill({ dataFolder, env: { ...DEMO, RILL_CONFIG: config }, ...(port && { port }) })
  let server = await start()
  await use({
    url: server.url,
    async restart() {
      await server.stop('SIGKILL')
      server = await start(server.port)
    },
  })
  await server.stop()
  for (const one of [folder, dataFolder]) rmSync(one, { recursive: true, force: true })
}
