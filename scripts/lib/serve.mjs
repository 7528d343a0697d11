import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { address } from './environment.mjs'
import { bin, root, SetupError } from './run.mjs'

const READY_WITHIN_MS = 60_000
/** How a line of the app's log begins, as JSON and as text (lib/observe/logger.ts). */
const LOG_LINE = /^(\{"level":|\d{4}-\d\d-\d\dT)/
/** What a stop may take; see lib/server.ts. */
const STOP_WITHIN_MS = 15_000

/** Starts Next and stays until it ends; says the address once when it answers. Signals are passed on, the exit code taken over. */
export async function serve(mode) {
  const { host, port } = address()
  await checkFree(host, port)
  const env = {
    ...process.env,
    HOST: host,
    PORT: String(port),
    NEXT_MANUAL_SIG_HANDLE: 'true',
    RILL_STOPS_WITH_STDIN: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    // The server writes into a pipe; what is at its end is known here.
    RILL_LOG_FORMAT: process.env.RILL_LOG_FORMAT || (process.stdout.isTTY ? 'text' : 'json'),
  }
  const child = spawn(process.execPath, [bin('next'), mode, '--hostname', host, '--port', String(port)], {
    cwd: root,
    env,
    // The server stops when this pipe ends, however this process does.
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  let isReady = false
  // Next's own banner says the same less well; what the app logs meanwhile, and all that is printed later, is passed on.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (isReady || mode === 'dev' || LOG_LINE.test(line)) process.stdout.write(`${line}\n`)
  })
  const hasEnded = new AbortController()
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      hasEnded.abort()
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1))
    })
  })
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const answer = await waitUntilReady(url, hasEnded.signal)
  if (answer === 'ready') {
    isReady = true
    console.log(`Rill is ready at ${url}`)
  } else if (answer === 'late') {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS).unref()
    console.error(`Rill did not answer within ${READY_WITHIN_MS / 1_000} s.`)
  }
  process.exitCode = await ended
}

async function waitUntilReady(url, endedSignal) {
  const local = url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]')
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until && !endedSignal.aborted; ) {
    try {
      if ((await fetch(`${local}/api/ready`, { signal: AbortSignal.timeout(5_000) })).ok) return 'ready'
    } catch {
      // Not listening yet.
    }
    await pause(100)
  }
  return endedSignal.aborted ? 'ended' : 'late'
}

function checkFree(host, port) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`
          : `Cannot listen on ${host}:${port}: ${error.message}`
      reject(new SetupError(why))
    })
    probe.listen(port, host, () => probe.close(resolve))
  })
}
