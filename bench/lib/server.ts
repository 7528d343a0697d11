import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from './provider.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const NEXT = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next')

export interface ServerOptions {
  dataFolder: string
  /** Where the build is. Default: this project. */
  folder?: string
  /** The same port again after a restart; else a free one. */
  port?: number
  env?: Record<string, string>
}

export interface RillServer {
  url: string
  port: number
  pid: number
  /** What the server printed. */
  output(): string
  /** Ends the process and waits until it is gone. Resolves with its exit code, or null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts the production build as `npm start` does and waits until it is ready. */
export async function startRill({ dataFolder, folder = ROOT, port, env = {} }: ServerOptions): Promise<RillServer> {
  const listenOn = port ?? (await freePort())
  const child = rillProcess({ folder, port: listenOn, env: { RILL_DATA_DIR: dataFolder, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes) => {
      output += bytes
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const url = `http://127.0.0.1:${listenOn}`
  await waitUntilReady(url, child, () => output)
  return {
    url,
    port: listenOn,
    pid: child.pid ?? 0,
    output: () => output,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

export interface RillProcessOptions {
  folder?: string
  port: number
  env: Record<string, string>
  nodeOptions?: string[]
  stdio: SpawnOptions['stdio']
}

/** A process of the production build that listens on loopback. */
export function rillProcess({ folder = ROOT, port, env, nodeOptions = [], stdio }: RillProcessOptions): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, NEXT, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env: {
      ...cleanEnvironment(),
      HOST: '127.0.0.1',
      PORT: String(port),
      NODE_ENV: 'production',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      NEXT_TELEMETRY_DISABLED: '1',
      ...env,
    },
    stdio,
  })
}

/** Without the caller's own provider keys and settings. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(RILL_(?!CHROMIUM)|OPENAI_|ANTHROPIC_|GOOGLE_|DATABASE_|OTEL_|VERCEL|CRON_SECRET)/.test(name),
    ),
  ) as NodeJS.ProcessEnv
}

async function waitUntilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${output()}`)
    try {
      const response = await fetch(`${url}/api/ready`, { signal: AbortSignal.timeout(2_000) })
      if (response.ok) return
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  child.kill('SIGKILL')
  throw new Error(`The server was not ready within 60 s:\n${output()}`)
}
