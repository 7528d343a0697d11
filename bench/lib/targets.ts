import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from './client.ts'
import { pause } from './load.ts'
import { freePort } from './provider.ts'
import { startRill } from './server.ts'

/** A server under load. */
export interface Target {
  name: string
  pid: number
  /** Begins one answer and gives its stream. */
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
  stop(): Promise<void>
}

const ROOT = join(import.meta.dirname, '..', '..')
const PEER = join(ROOT, 'bench', 'peers', 'ai-sdk')

export async function rillTarget(providerUrl: string, databaseUrl?: string): Promise<Target & { url: string }> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rill-bench-'))
  const env = {
    OPENAI_BASE_URL: providerUrl,
    RILL_MAX_RUNS: '5000',
    ...(databaseUrl && { DATABASE_URL: databaseUrl, RILL_SECRET: 'bench'.repeat(8) }),
  }
  const server = await startRill({ dataFolder, env })
  const client = new Client(server.url)
  return {
    name: databaseUrl ? 'Rill, PostgreSQL' : 'Rill, embedded',
    pid: server.pid,
    url: server.url,
    async open(signal) {
      const sessionId = await client.createSession('Bench')
      const { cursor } = await client.send(sessionId, 'Go')
      return streamOf(await fetch(`${server.url}/api/sessions/${sessionId}/events?after=${cursor}`, { signal }))
    },
    async stop() {
      await server.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

export async function relayTarget(providerUrl: string): Promise<Target> {
  const port = await freePort()
  const child = spawn(process.execPath, [...process.execArgv, join(ROOT, 'bench', 'peers', 'relay.ts')], {
    env: { ...process.env, PORT: String(port), OPENAI_BASE_URL: providerUrl },
    stdio: 'inherit',
  })
  return peer('bare Node relay', child, `http://127.0.0.1:${port}/`)
}

export async function aiSdkTarget(providerUrl: string): Promise<Target> {
  const next = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next')
  const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1', OPENAI_BASE_URL: providerUrl }
  if (!existsSync(join(PEER, '.next', 'BUILD_ID'))) {
    const { status, stderr } = spawnSync(process.execPath, [next, 'build', PEER], { env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`The AI SDK peer could not be built:\n${stderr}`)
  }
  const port = await freePort()
  const child = spawn(process.execPath, [next, 'start', PEER, '--hostname', '127.0.0.1', '--port', String(port)], { env, stdio: 'ignore' })
  return peer('AI SDK in a Next route', child, `http://127.0.0.1:${port}/api/chat`)
}

async function peer(name: string, child: ChildProcess, url: string): Promise<Target> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const target: Target = {
    name,
    pid: child.pid ?? 0,
    async open(signal) {
      return streamOf(
        await fetch(url, { method: 'POST', signal, headers: { 'content-type': 'application/json' }, body: '{"prompt":"Go"}' }),
      )
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
  for (const until = Date.now() + 30_000; Date.now() < until; await pause(50)) {
    const probe = new AbortController()
    try {
      await target.open(probe.signal)
      probe.abort()
      return target
    } catch {
      // It does not listen yet.
    }
  }
  await target.stop()
  throw new Error(`${name} did not start.`)
}

export function streamOf(response: Response): ReadableStream<Uint8Array> {
  if (!response.ok || !response.body) throw new Error(`A stream answered with ${response.status}.`)
  return response.body
}
