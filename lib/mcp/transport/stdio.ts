import { type ChildProcess, type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import {
  deserializeMessage,
  type JSONRPCMessage,
  SdkError,
  SdkErrorCode,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/client'
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio'
import type { StdioServerConfig } from '../config.ts'
import { FLOODED, Flood } from './flood.ts'
import { Lines } from './lines.ts'
import { withParent } from './with-parent.ts'

const LONGEST_MESSAGE = 10_000_000
const LONGEST_LOG_LINE = 4_000
const PATIENCE_MS = 2_000
/** Beside what the SDK deems safe: how text, times and scratch files are to be. */
const SAFE_ENV = ['LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR']

/** Groups of processes that live: none outlives this process. */
const groups = new Set<number>()
let isWatchingExit = false

/**
 * A server as a child process that reads and writes one JSON-RPC message a line. It leads a process group of its own, which ends
 * with it: what it starts itself (as `npx` does) does not stay either.
 */
export class StdioTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** Why it ended, when it did so by itself or was killed for what it did. */
  ending: string | undefined
  readonly #config: StdioServerConfig
  readonly #log: (line: string) => void
  #child: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  /** While its input is full. */
  #drained: Promise<void> | undefined
  readonly #flood = new Flood()

  constructor(config: StdioServerConfig, log: (line: string) => void) {
    this.#config = config
    this.#log = log
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Rejects when the program cannot be started. */
  async start(): Promise<void> {
    const { cwd } = this.#config
    const env = { ...safeEnvironment(), ...this.#config.env }
    const { command, args } = withParent({ command: this.#config.command, args: this.#config.args ?? [] }, { cwd, env })
    const options = { env, detached: process.platform !== 'win32', windowsHide: true, cwd }
    const child: ChildProcessWithoutNullStreams = spawn(command, args, options as SpawnOptionsWithoutStdio)
    this.#child = child
    const { promise: exited, resolve: onExited } = Promise.withResolvers<void>()
    this.#exited = exited
    child.once('exit', (code, signal) => {
      this.ending ??= signal ? `It was ended by ${signal}.` : `It ended with exit code ${code}.`
      // What it started holds its pipes open.
      killGroup(child, 'SIGKILL')
      if (child.pid !== undefined) groups.delete(child.pid)
      onExited()
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
      }, PATIENCE_MS).unref()
    })
    child.once('close', () => this.onclose?.())
    child.stdin.on('error', (error) => this.onerror?.(error))
    child.stdout.on('error', (error) => this.onerror?.(error))
    const lines = new Lines(LONGEST_MESSAGE)
    child.stdout.on('data', (chunk: Buffer) => this.#read(lines, chunk))
    const logLines = new Lines(LONGEST_LOG_LINE)
    child.stderr.on('data', (chunk: Buffer) => {
      for (const line of logLines.add(chunk)) this.#log(line)
      if (logLines.isOver) logLines.skip()
    })
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) => {
        onExited()
        reject(error)
      })
      child.once('spawn', () => {
        if (child.pid !== undefined) keep(child.pid)
        resolve()
      })
    })
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.#child ?? {}
    if (!stdin?.writable) throw new SdkError(SdkErrorCode.NotConnected, 'The server has ended.')
    if (stdin.write(serializeMessage(message))) return
    // One wait for all that is written meanwhile.
    this.#drained ??= new Promise<void>((resolve) => {
      const onRoom = () => {
        stdin.off('drain', onRoom).off('close', onRoom)
        this.#drained = undefined
        resolve()
      }
      stdin.on('drain', onRoom).on('close', onRoom)
    })
    await this.#drained
  }

  /** Closes its input, then asks it to end, then kills it. Resolves when the process is gone. */
  async close(): Promise<void> {
    const child = this.#child
    if (!child) return
    child.stdin?.end()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await endsWithin(this.#exited, PATIENCE_MS)) return
      killGroup(child, signal)
    }
    await this.#exited
  }

  #read(lines: Lines, chunk: Buffer): void {
    let count = 0
    for (const line of lines.add(chunk)) {
      count += 1
      this.#receive(line)
    }
    if (lines.isOver) this.#kill(`It sent a line of more than ${LONGEST_MESSAGE / 1_000_000} MB.`)
    else if (this.#flood.isOver(count, chunk.length)) this.#kill(FLOODED)
  }

  /** What is no message is noise, as from a program that prints where it should not. */
  #receive(line: string): void {
    if (this.ending !== undefined && this.#child?.exitCode === null) return
    const text = line.trim()
    let message: JSONRPCMessage
    try {
      message = deserializeMessage(text)
    } catch {
      // It says no more than that.
      if (text !== '') this.#log(`[stdout] ${text.slice(0, LONGEST_LOG_LINE)}`)
      return
    }
    this.onmessage?.(message)
  }

  #kill(reason: string): void {
    if (!this.#child || this.ending !== undefined) return
    this.ending = reason
    this.#child.stdout?.destroy()
    killGroup(this.#child, 'SIGKILL')
  }
}

function keep(pid: number): void {
  groups.add(pid)
  if (isWatchingExit) return
  isWatchingExit = true
  process.on('exit', () => {
    for (const group of groups) kill(group, 'SIGKILL')
  })
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  kill(child.pid, signal)
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // All of it is gone already.
  }
}

async function endsWithin(exited: Promise<void>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), ms)
  void exited.then(() => resolve(true))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

function safeEnvironment(): Record<string, string> {
  const own = SAFE_ENV.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...getDefaultEnvironment(), ...Object.fromEntries(own) }
}
