import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, type Received } from './client.ts'
import { startRill } from './server.ts'
import { startStepProvider } from './step-provider.ts'

export interface ToolCrashResult {
  cycles: number
  takenOver: number
  /** Calls that ran more than once. */
  repeated: number
  /** Calls that had begun when the server died: the model was told that nobody knows what came of them. */
  unknown: number
  /** Calls that ran once and whose result is in the log. */
  completed: number
  problems: string[]
}

const STEPS = 10
/** About what the steps of such a run take. */
const LONGEST_LIFE_MS = 1_000

/**
 * Kills the real server with SIGKILL at a random moment of a run of ten steps, each a call of a tool that counts its executions in
 * a file, and starts it again. Checks that no call ran twice, that each has one result, and that the answer is complete.
 */
export async function runToolCrashCycles(cycles: number, report: (line: string) => void = () => {}): Promise<ToolCrashResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rill-crash-'))
  const countFile = join(folder, 'counts')
  writeFileSync(countFile, '')
  let run = ''
  const provider = await startStepProvider({ steps: STEPS, toolName: 'counter__count', argsOf: (step) => JSON.stringify({ run, step }) })
  const config = join(folder, 'rill.config.json')
  const args = [join(import.meta.dirname, 'counting-server.mjs')]
  const counter = { command: process.execPath, args, env: { COUNT_FILE: countFile }, approval: { count: 'always-allow' } }
  writeFileSync(config, JSON.stringify({ mcpServers: { counter } }))
  const options = { dataFolder: join(folder, 'data'), env: { OPENAI_BASE_URL: provider.url, RILL_CONFIG: config } }
  const result: ToolCrashResult = { cycles, takenOver: 0, repeated: 0, unknown: 0, completed: 0, problems: [] }
  let server = await startRill(options)
  try {
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const client = new Client(server.url)
      const sessionId = await client.createSession('Crash')
      run = sessionId
      // So that every cycle kills a run.
      const release = provider.hold()
      await client.send(sessionId, `Cycle ${cycle}`)
      const received: Received[] = []
      const begun = Promise.withResolvers<void>()
      const reading = client
        .read(sessionId, 0, (one) => {
          received.push(one)
          if (one.event.type === 'run:started') begun.resolve()
          return one.event.type === 'run:complete'
        })
        .catch((error) => begun.reject(error))
      await begun.promise
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS))
      await server.stop('SIGKILL')
      await reading
      release()
      server = await startRill({ ...options, port: server.port })
      await client.read(sessionId, received.at(-1)?.event.seq ?? 0, (one) => {
        received.push(one)
        return one.event.type === 'run:complete'
      })
      if (received.some(({ event }) => event.type === 'run:started' && event.epoch > 1)) result.takenOver += 1
      else result.problems.push(`cycle ${cycle}: the run was not taken over`)
      const counts = countsOf(countFile, sessionId)
      check(received, counts, provider.text, result, cycle)
      report(`cycle ${cycle}: ${counts.size} of ${STEPS} calls ran, ended at event ${received.length}`)
    }
  } finally {
    await server.stop()
    await provider.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return result
}

/** How often each step's tool ran. */
function countsOf(file: string, run: string): Map<number, number> {
  const counts = new Map<number, number>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [of, step] = line.split(' ')
    if (of === run) counts.set(Number(step), (counts.get(Number(step)) ?? 0) + 1)
  }
  return counts
}

function check(received: Received[], counts: Map<number, number>, text: string, result: ToolCrashResult, cycle: number): void {
  const fail = (problem: string) => result.problems.push(`cycle ${cycle}: ${problem}`)
  const events = received.map(({ event }) => event)
  if (events.some((event, index) => event.seq !== index + 1)) fail('the reader has gaps or repetitions')
  if (events.filter((event) => event.type === 'run:complete').length !== 1) fail('the run did not end once')
  const response = events.find((event) => event.type === 'llm:response')
  if (response?.content !== text) fail(`the answer is not complete: ${JSON.stringify(response?.content)}`)
  for (let step = 0; step < STEPS; step += 1) {
    const ran = counts.get(step) ?? 0
    if (ran > 1) {
      result.repeated += 1
      fail(`the call of step ${step} ran ${ran} times`)
    }
    const results = events.filter((event) => event.type === 'llm:tool-result' && event.callId === `call_${step}`)
    const [only] = results
    if (results.length !== 1 || only?.type !== 'llm:tool-result') fail(`the call of step ${step} has ${results.length} results`)
    else if (only.success) {
      result.completed += 1
      if (ran !== 1) fail(`the call of step ${step} has a result and ran ${ran} times`)
    } else if (only.error?.includes('unknown')) result.unknown += 1
    else fail(`the call of step ${step} failed: ${only.error}`)
  }
}
