import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from './client.ts'
import { startRill } from './server.ts'
import { startStepProvider } from './step-provider.ts'

export interface ParallelRuns {
  runs: number
  steps: number
  /** From the message to the run's end, in ms. */
  median: number
  longest: number
  /** One such run alone. */
  alone: number
  /** Runs that did not end with the whole answer. */
  failed: number
}

const STEPS = 10

/** So many runs at once, each of ten steps with a call of a tool: none must starve. */
export async function measureParallelRuns(runs: number): Promise<ParallelRuns> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rill-bench-'))
  const argsOf = (step: number) => JSON.stringify({ expression: `${step} + 1` })
  const provider = await startStepProvider({ steps: STEPS, toolName: 'calculator', argsOf })
  const server = await startRill({ dataFolder, env: { OPENAI_BASE_URL: provider.url } })
  try {
    const client = new Client(server.url)
    const one = async () => {
      const sessionId = await client.createSession('Bench')
      const began = performance.now()
      const { cursor } = await client.send(sessionId, 'Go')
      let text = ''
      await client.read(sessionId, cursor, ({ event }) => {
        if (event.type === 'llm:response') text = event.content
        return event.type === 'run:complete'
      })
      return { ms: performance.now() - began, isWhole: text === provider.text }
    }
    // The first of a process loads what it needs.
    await one()
    const alone = await one()
    const all = await Promise.all(Array.from({ length: runs }, one))
    const times = all.map(({ ms }) => ms).toSorted((a, b) => a - b)
    return {
      runs,
      steps: STEPS,
      median: times[Math.floor(runs / 2)] ?? 0,
      longest: times.at(-1) ?? 0,
      alone: alone.ms,
      failed: all.filter(({ isWhole }) => !isWhole).length,
    }
  } finally {
    await server.stop()
    await provider.close()
    rmSync(dataFolder, { recursive: true, force: true })
  }
}
