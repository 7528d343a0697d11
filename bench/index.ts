import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { ensurePostgres } from '../scripts/lib/postgres.mjs'
import { type ArgumentBytes, measureArgumentBytes } from './lib/argument-bytes.ts'
import { loadTable, writeTable } from './lib/document.ts'
import { type Load, measureLoad, pause, rssOf } from './lib/load.ts'
import { startPaceProvider } from './lib/pace-provider.ts'
import { measureParallelRuns, type ParallelRuns } from './lib/parallel-runs.ts'
import { aiSdkTarget, relayTarget, rillTarget, type Target } from './lib/targets.ts'
import { measureWrittenBytes, type WrittenBytes } from './lib/written-bytes.ts'

const PER_SECOND = 20
const WINDOW_MS = Number(process.env.BENCH_WINDOW_MS ?? 6_000)
const STREAMS = (process.env.BENCH_STREAMS ?? '1,50,200,1000').split(',').map(Number)
const KEEPS_PACE = { p99: 60, pace: 0.97 }
const TOO_SLOW = 0.6

/** The second is what the wire may need 1 MB for. */
const ARGUMENT_SIZES = [16_384, 32_768]
const MOST_ARGUMENT_BYTES = 1_000_000

const PARALLEL_RUNS = 50

interface Row extends Load {
  target: string
}

const postgres = (await ensurePostgres()) as { url: string; stop: () => Promise<void> } | undefined
const provider = await startPaceProvider(PER_SECOND)
const rows: Row[] = []
const atRest: Record<string, number> = {}
const most: Record<string, number> = {}
let written: WrittenBytes | undefined
let argumentBytes: ArgumentBytes[] = []
let parallel: ParallelRuns | undefined

try {
  const openers: (() => Promise<Target>)[] = [
    () => relayTarget(provider.url),
    () => aiSdkTarget(provider.url),
    () => rillTarget(provider.url),
  ]
  if (postgres) openers.push(() => rillTarget(provider.url, postgres.url))
  for (const open of openers) await measureTarget(await open())
  argumentBytes = await measureArgumentBytes(ARGUMENT_SIZES)
  parallel = await measureParallelRuns(PARALLEL_RUNS)
  if (postgres) {
    const folder = mkdtempSync(join(tmpdir(), 'rill-bench-'))
    written = await measureWrittenBytes(postgres.url, folder)
    rmSync(folder, { recursive: true, force: true })
  }
} finally {
  await provider.close()
  await postgres?.stop()
}
print()

async function measureTarget(target: Target): Promise<void> {
  try {
    await pause(2_000)
    atRest[target.name] = rssOf(target.pid)
    for (const streams of STREAMS) if (!(await carries(target, streams))) break
    if (target.name === 'AI SDK in a Next route' || target.name === 'Rill, embedded') most[target.name] = await mostStreams(target)
  } finally {
    await target.stop()
  }
}

/** False when the target falls far behind, or refuses: then it is not given more. */
async function carries(target: Target, streams: number): Promise<boolean> {
  try {
    return (await measure(target, streams)).pace >= TOO_SLOW
  } catch (error) {
    console.log(`${target.name}: ${streams} streams were too many: ${(error as Error).message}`)
    return false
  }
}

async function measure(target: Target, streams: number): Promise<Load> {
  const load = await measureLoad(target, provider, streams, PER_SECOND, WINDOW_MS)
  rows.push({ target: target.name, ...load })
  console.log(line(rows.at(-1) as Row))
  return load
}

/** The most streams that keep pace, to the nearest 50: doubled steps first, then halved. */
async function mostStreams(target: Target): Promise<number> {
  const keepsPace = async (streams: number) => {
    const load = await measure(target, streams)
    return load.p99 <= KEEPS_PACE.p99 && load.pace >= KEEPS_PACE.pace
  }
  let good = 0
  let bad = 0
  for (let streams = 200; bad === 0 && streams <= 1_600; streams += 200) {
    if (await keepsPace(streams)) good = streams
    else bad = streams
  }
  while (bad > 0 && bad - good > 50) {
    const middle = Math.round((good + bad) / 100) * 50
    if (middle === good || middle === bad) break
    if (await keepsPace(middle)) good = middle
    else bad = middle
  }
  return good
}

function line({ target, streams, p50, p99, pace, cpuPer1000, rssMb }: Row): string {
  return `${target.padEnd(24)} ${String(streams).padStart(5)} streams  p50 ${p50.toFixed(2).padStart(7)} ms  p99 ${p99.toFixed(1).padStart(7)} ms  pace ${(pace * 100).toFixed(0).padStart(4)} %  ${cpuPer1000.toFixed(0).padStart(4)} ms CPU/1,000  ${rssMb.toFixed(0).padStart(5)} MB`
}

function print(): void {
  console.log(
    '\nMemory at rest, MB:',
    atRest,
    '\nMost streams that keep pace:',
    most,
    '\nBytes written for 1,000 tokens:',
    written,
    '\nBytes sent for the arguments of a call, in deltas of 16 bytes:',
    argumentBytes,
    '\nRuns of ten steps at once, in ms:',
    parallel,
  )
  const results = {
    node: process.version,
    cores: cpus().length,
    perSecond: PER_SECOND,
    windowMs: WINDOW_MS,
    rows,
    atRest,
    most,
    written,
    argumentBytes,
    parallel,
  }
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  const isOver = argumentBytes.some(({ partial }) => partial > MOST_ARGUMENT_BYTES)
  if (isOver || parallel?.failed !== 0) process.exitCode = 1
  writeTable(join(import.meta.dirname, '..', 'docs', 'performance.md'), loadTable(rows))
}
