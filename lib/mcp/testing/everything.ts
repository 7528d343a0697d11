import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { McpServerConfig } from '../config.ts'

const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js')

export interface StartedServer {
  config: McpServerConfig
  port: number
  /** Resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** The reference server as a child of the client. */
export const everythingOverStdio: McpServerConfig = { command: process.execPath, args: [program, 'stdio'] }

/** The reference server as a process of its own, on a free port of the loopback address. */
export async function startEverything(transport: 'http' | 'sse', port?: number): Promise<StartedServer> {
  const ownPort = port ?? (await freePort())
  const child = spawn(process.execPath, [program, transport === 'http' ? 'streamableHttp' : 'sse'], {
    env: { ...process.env, PORT: String(ownPort) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await listening(child)
  return {
    config: { type: transport, url: `http://127.0.0.1:${ownPort}/${transport === 'http' ? 'mcp' : 'sse'}` },
    port: ownPort,
    async stop(signal = 'SIGKILL') {
      child.kill(signal)
      await exited
    },
  }
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      if (/on port \d+/.test(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`The reference server did not start: ${text}`)))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No port was given.'))))
    })
  })
}
