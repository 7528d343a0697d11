import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDecoder } from '#lib/sse/index.ts'
import { Client } from './client.ts'
import { startRill } from './server.ts'
import { startStepProvider } from './step-provider.ts'

export interface ArgumentBytes {
  /** Of the arguments. */
  bytes: number
  deltas: number
  /** Of `llm:tool-call-partial` events, and of the whole stream of the run, as they came over the wire. */
  partial: number
  whole: number
}

const DELTA = 16

/** What a reader is sent for a call whose arguments come in deltas of 16 bytes. To be linear, twice the arguments must cost twice. */
export async function measureArgumentBytes(sizes: readonly number[]): Promise<ArgumentBytes[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rill-bench-'))
  const results: ArgumentBytes[] = []
  try {
    for (const size of sizes) results.push(await measure(folder, size))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return results
}

async function measure(dataFolder: string, size: number): Promise<ArgumentBytes> {
  const args = JSON.stringify({ items: [{ text: 'x'.repeat(size - 30), status: 'done' }] })
  const script = { steps: 1, toolName: 'todo', argsOf: () => args, deltaSize: DELTA, everyMs: 1 }
  const provider = await startStepProvider(script)
  const server = await startRill({ dataFolder, env: { OPENAI_BASE_URL: provider.url } })
  try {
    const client = new Client(server.url)
    const sessionId = await client.createSession('Bench')
    const { cursor } = await client.send(sessionId, 'Go')
    const result = { bytes: args.length, deltas: Math.ceil(args.length / DELTA), partial: 0, whole: 0 }
    await readRaw(`${server.url}/api/sessions/${sessionId}/events?after=${cursor}`, (type, bytes) => {
      result.whole += bytes
      if (type === 'llm:tool-call-partial') result.partial += bytes
      return type === 'run:complete'
    })
    return result
  } finally {
    await server.stop()
    await provider.close()
  }
}

/** An event's bytes as the stream has them: its three lines and the empty one. */
async function readRaw(url: string, onEvent: (type: string, bytes: number) => boolean): Promise<void> {
  const leave = new AbortController()
  const response = await fetch(url, { signal: leave.signal })
  if (!response.ok || !response.body) throw new Error(`The stream answered with ${response.status}.`)
  const decoder = createDecoder()
  try {
    for await (const bytes of response.body) {
      for (const { id, event, data } of decoder.push(bytes)) {
        const frame = `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`
        if (onEvent(event, Buffer.byteLength(frame))) return
      }
    }
  } finally {
    leave.abort()
  }
}
