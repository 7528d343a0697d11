import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RillServer, startRill } from '../bench/lib/server.ts'
import { newDataFolder } from './data-folder.ts'
import { test as base } from './fixtures.ts'

const EVERYTHING = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js')

export interface ServerWithTools {
  url: string
  /** Kills it and starts it again on what it left. */
  restart(): Promise<void>
}

/** A server of the test's own, with the demo model and the reference server's tools; `echo` is asked about. */
export const test = base.extend<{ withTools: ServerWithTools }>({
  withTools: async ({ context }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
    const dataFolder = newDataFolder()
    const config = join(folder, 'rill.config.json')
    const everything = {
      command: process.execPath,
      args: [EVERYTHING, 'stdio'],
      approval: { echo: 'ask', 'trigger-elicitation-request': 'always-allow', 'trigger-long-running-operation': 'always-allow' },
    }
    writeFileSync(config, JSON.stringify({ mcpServers: { everything } }))
    const start = (port?: number): Promise<RillServer> =>
      startRill({
        dataFolder,
        env: { RILL_CONFIG: config, RILL_DEMO_TOKENS_PER_SECOND: '0' },
        ...(port !== undefined && { port }),
      })
    let server = await start()
    await use({
      url: server.url,
      async restart() {
        await server.stop('SIGKILL')
        server = await start(server.port)
      },
    })
    // First the pages: a server that goes away under them is an error in their console.
    await Promise.all(context.pages().map((page) => page.close()))
    await server.stop('SIGKILL')
    for (const one of [folder, dataFolder]) rmSync(one, { recursive: true, force: true })
  },
})
