import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../bench/lib/provider.ts'
import { rillProcess } from '../bench/lib/server.ts'

const STATIC = fileURLToPath(new URL('../.next/static', import.meta.url))
const PRELOAD = fileURLToPath(new URL('function-context.mjs', import.meta.url))
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }

export interface FunctionPlatformOptions {
  env: Record<string, string>
  /** A process is killed when its request is this old, whatever it does. */
  maxDurationS: number
  /** A process that is frozen serves the next request. Else each request has a fresh one. */
  isReused?: boolean
}

export interface FunctionPlatform {
  url: string
  /** How many processes there were, and how many of them were frozen, and killed while they worked. */
  readonly counts: { started: number; frozen: number; killed: number }
  /** True when every process is frozen. */
  isQuiet(): boolean
  /** Kills what works now, as a platform may at any time. */
  kill(): void
  close(): Promise<void>
}

interface Instance {
  child: ChildProcess
  port: number
  limit?: ReturnType<typeof setTimeout>
}

/**
 * What a platform for functions does with the production build, on loopback: each request gets a process, which is frozen when
 * the response is complete and what it waits for (`after`) is settled, and is killed at its time limit. Files come from elsewhere.
 */
export async function startFunctionPlatform({ env, maxDurationS, isReused = false }: FunctionPlatformOptions): Promise<FunctionPlatform> {
  const counts = { started: 0, frozen: 0, killed: 0 }
  const working = new Set<Instance>()
  const frozen: Instance[] = []

  async function start(): Promise<Instance> {
    const port = await freePort()
    counts.started += 1
    const child = rillProcess({
      port,
      env: { RILL_SERVERLESS: '1', ...env },
      nodeOptions: ['--import', PRELOAD],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return { child, port }
  }

  function kill(instance: Instance): void {
    clearTimeout(instance.limit)
    working.delete(instance)
    instance.child.kill('SIGKILL')
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (incoming.url?.startsWith('/_next/static/')) return serveFile(incoming.url, outgoing)
    const body = await readAll(incoming)
    const thawed = isReused ? frozen.pop() : undefined
    const instance = thawed ?? (await start())
    thawed?.child.kill('SIGCONT')
    working.add(instance)
    const passedOn = await forward(instance, incoming, body)
    if (!passedOn) return void outgoing.destroy()
    instance.limit = setTimeout(() => {
      counts.killed += 1
      kill(instance)
    }, maxDurationS * 1_000)
    await passBack(passedOn, outgoing)
    if (!(await settled(instance.child))) return
    clearTimeout(instance.limit)
    working.delete(instance)
    instance.child.kill('SIGSTOP')
    counts.frozen += 1
    frozen.push(instance)
  }

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    isQuiet: () => working.size === 0,
    kill: () => [...working].forEach(kill),
    async close() {
      const ends = [...working, ...frozen].map(({ child }) => isAlive(child) && once(child, 'exit'))
      for (const instance of [...working, ...frozen]) kill(instance)
      await Promise.all(ends)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Sends a request as soon as the process listens; undefined when it died before. */
async function forward({ child, port }: Instance, incoming: IncomingMessage, body: Buffer): Promise<ClientRequest | undefined> {
  const headers = { ...incoming.headers, 'content-length': body.length }
  while (isAlive(child)) {
    const passedOn = request({ port, host: '127.0.0.1', path: incoming.url, method: incoming.method, headers, agent: false })
    const isListening = await new Promise((resolve) => {
      passedOn.once('socket', (socket) => socket.once('connect', () => resolve(true)))
      passedOn.once('error', () => resolve(false))
    })
    if (isListening) return passedOn.end(body)
    await pause(20)
  }
  return undefined
}

/** Resolves when the response is over, or broken. */
async function passBack(passedOn: ClientRequest, outgoing: ServerResponse): Promise<void> {
  outgoing.once('close', () => passedOn.destroy())
  const answer = await new Promise<IncomingMessage | null>((resolve) => {
    passedOn.once('response', resolve)
    passedOn.once('error', () => resolve(null))
  })
  if (answer) {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
    await new Promise((resolve) => answer.once('close', resolve))
  }
  if (!answer?.complete) outgoing.destroy()
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** True when the process waits for nothing more; false when it died first. */
async function settled(child: ChildProcess): Promise<boolean> {
  if (!isAlive(child)) return false
  const answer = Promise.race([once(child, 'message').then(() => true), once(child, 'exit').then(() => false)])
  // One that was killed just now does not hear it.
  child.send('tell when settled', () => {})
  return answer
}

function serveFile(path: string, outgoing: ServerResponse): void {
  const file = join(STATIC, normalize(new URL(path, 'http://files').pathname).slice('/_next/static'.length))
  outgoing.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
  createReadStream(file)
    .on('error', () => outgoing.writeHead(404).end())
    .pipe(outgoing)
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const bytes of incoming) chunks.push(bytes as Buffer)
  return Buffer.concat(chunks)
}
