import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** One thing that the server does, `delayMs` after the one before. */
export type Step =
  | { text: string; delayMs?: number }
  | { bytes: Uint8Array; delayMs?: number }
  /** The connection is broken off: what was sent may not arrive. */
  | { reset: true; delayMs?: number }
  /** The connection is ended before the answer is. */
  | { cut: true; delayMs?: number }
  /** Nothing more comes, until the client goes. */
  | { hang: true }

export interface Answer {
  /** Default 200. */
  status?: number
  /** Default: an event stream. */
  headers?: Record<string, string>
  /** The headers are sent with the first step, or alone when there is none. */
  steps?: Iterable<Step> | AsyncIterable<Step>
}

export interface RecordedRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  /** The body, parsed when it is JSON. */
  body: unknown
  /** Resolves when the connection is closed by the client before the answer has ended; else when the answer has ended. */
  closed: Promise<'by client' | 'by answer'>
}

export type Script = Answer | ((request: RecordedRequest) => Answer)

export interface ScriptedProvider {
  /** Such as `http://127.0.0.1:4711/v1`. */
  baseURL: string
  /** The model calls so far, oldest first; lists of models are not among them. */
  requests: RecordedRequest[]
  /** What comes from now on, one script a call; the last is repeated. */
  play(...scripts: Script[]): void
  close(): Promise<void>
}

/** A provider on an ephemeral loopback port that sends exactly what it is told, in the time that it is told. */
export async function startScriptedProvider(...scripts: Script[]): Promise<ScriptedProvider> {
  let queue = scripts
  const requests: RecordedRequest[] = []
  const server = createServer((incoming, response) => {
    response.socket?.setNoDelay(true)
    // A connection that breaks is part of the script.
    response.on('error', () => undefined)
    void answer(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    if (incoming.method === 'GET' && incoming.url?.endsWith('/models')) {
      response.setHeader('content-type', 'application/json').end('{"object":"list","data":[{"id":"scripted","object":"model"}]}')
      return
    }
    const request = await record(incoming, response)
    requests.push(request)
    const script = queue.length > 1 ? queue.shift() : queue[0]
    await play(response, typeof script === 'function' ? script(request) : (script ?? { status: 500 }))
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    requests,
    play(...next) {
      queue = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const closed = new Promise<'by client' | 'by answer'>((resolve) => {
    response.once('close', () => resolve(response.writableFinished ? 'by answer' : 'by client'))
  })
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const { method = '', url = '', headers } = incoming
  return { method, path: url, headers, body: parseJson(text), closed }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A test may send anything.
    return text
  }
}

async function play(response: ServerResponse, { status = 200, headers, steps = [] }: Answer): Promise<void> {
  response.writeHead(status, headers ?? { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  let due = performance.now()
  for await (const step of steps) {
    if ('delayMs' in step && step.delayMs) {
      response.flushHeaders()
      // Never more than one step behind: what was held up is not made up for in a burst.
      due = Math.max(due, performance.now() - step.delayMs) + step.delayMs
      const waitMs = due - performance.now()
      if (waitMs > 0 && !(await waited(waitMs, gone.signal))) return
    }
    if (gone.signal.aborted) return
    if ('reset' in step || 'cut' in step) {
      response.flushHeaders()
      if ('reset' in step) response.socket?.resetAndDestroy()
      else response.destroy()
      return
    }
    if ('hang' in step) {
      response.flushHeaders()
      return
    }
    if (!response.write('text' in step ? step.text : step.bytes)) await drained(response)
  }
  response.end()
}

/** False when the client went first. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal })
    return true
  } catch {
    // The only way that a wait fails.
    return false
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.once('drain', go).once('close', go)
  })
}
