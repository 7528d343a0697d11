import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyState, reduceAll, textOf } from '#lib/protocol/index.ts'
import { Client, type Received } from './client.ts'
import { startProvider } from './provider.ts'
import { startRill } from './server.ts'

export interface CrashResult {
  cycles: number
  /** Bytes of text that a reader was shown and that the stored answer does not have at that place. */
  bytesLost: number
  duplicated: number
  takenOver: number
  problems: string[]
  /** From the restart's readiness to the run's end, in ms, by cycle. */
  recoveryMs: number[]
}

const DELTAS = 300
const PER_SECOND = 200

/**
 * Kills the real server with SIGKILL at a random moment of an answer, starts it again, and lets the reader resume by its
 * cursor; checks that the reader's events are the log's, that nothing is lost or repeated, and that the run ends once.
 */
export async function runCrashCycles(cycles: number, report: (line: string) => void = () => {}): Promise<CrashResult> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rill-crash-'))
  const provider = await startProvider({ deltas: DELTAS, perSecond: PER_SECOND })
  const env = { OPENAI_BASE_URL: provider.url }
  const result: CrashResult = { cycles, bytesLost: 0, duplicated: 0, takenOver: 0, problems: [], recoveryMs: [] }
  let server = await startRill({ dataFolder, env })
  try {
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const client = new Client(server.url)
      const sessionId = await client.createSession()
      // So that every cycle kills a run, and needs a takeover.
      const release = provider.hold(DELTAS - 1)
      await client.send(sessionId, `Cycle ${cycle}`)
      const received: Received[] = []
      const begun = Promise.withResolvers<void>()
      const reading = client.read(sessionId, 0, (one) => {
        received.push(one)
        if (one.event.type === 'run:started') begun.resolve()
        return one.event.type === 'run:complete'
      })
      const cut = reading.then(
        () => 'complete',
        () => 'cut',
      )
      await begun.promise
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_600))
      await server.stop('SIGKILL')
      const shownBefore = received.length
      await cut
      release()
      server = await startRill({ dataFolder, env, port: server.port })
      const ready = performance.now()
      if (received.at(-1)?.event.type !== 'run:complete') {
        await client.read(sessionId, received.at(-1)?.event.seq ?? 0, (one) => {
          received.push(one)
          return one.event.type === 'run:complete'
        })
      }
      result.recoveryMs.push(performance.now() - ready)
      await check(client, sessionId, received, provider.text, result, cycle)
      report(`cycle ${cycle}: killed after ${shownBefore} events, ended at ${received.length}`)
    }
  } finally {
    await server.stop()
    await provider.close()
    rmSync(dataFolder, { recursive: true, force: true })
  }
  return result
}

async function check(
  client: Client,
  sessionId: string,
  received: Received[],
  expected: string,
  result: CrashResult,
  cycle: number,
): Promise<void> {
  const fail = (problem: string) => result.problems.push(`cycle ${cycle}: ${problem}`)
  const snapshot = await client.snapshot(sessionId)
  const log: Received[] = []
  // To the log's end, not the reader's: a second end of the run would come after it.
  await client.read(sessionId, 0, (one) => {
    log.push(one)
    return one.event.seq >= snapshot.cursor
  })
  for (const [index, one] of received.entries()) {
    if (one.event.seq !== index + 1) fail(`event ${index + 1} has the seq ${one.event.seq}`)
    if (one.json !== log[index]?.json) fail(`event ${index + 1} is not the log's`)
  }
  const seqs = new Set(received.map((one) => one.event.seq))
  result.duplicated += received.length - seqs.size
  const ends = log.filter((one) => one.event.type === 'run:complete')
  if (ends.length !== 1) fail(`the run ended ${ends.length} times`)
  if (log.some((one) => one.event.type === 'run:started' && one.event.epoch > 1)) result.takenOver += 1
  else fail('the run was not taken over')
  const stored = textOf(snapshot.messages[1]?.parts ?? [])
  const folded = reduceAll(
    emptyState(snapshot.session),
    received.map((one) => one.event),
  )
  const shown = textOf(folded.messages[1]?.parts ?? [])
  if (shown !== stored) fail('what the reader saw is not what is stored')
  if (stored !== expected) fail(`the answer is not the provider's: ${stored.length} of ${expected.length} characters`)
  result.bytesLost += Math.abs(Buffer.byteLength(shown) - Buffer.byteLength(expected))
}
