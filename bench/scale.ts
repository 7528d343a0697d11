import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { startPostgres } from '../scripts/lib/postgres.mjs'
import { startBalancer } from './lib/balancer.ts'
import { type DatabaseRates, measureInserts, measureNotify, measureRates } from './lib/database-rates.ts'
import { acrossTarget, type Instances, startInstances } from './lib/instances.ts'
import { type Load, measureLoad, quantile } from './lib/load.ts'
import { type PaceProvider, startPaceProvider } from './lib/pace-provider.ts'
import { startProvider } from './lib/provider.ts'
import { type ReconnectResult, reconnectAtRandom } from './lib/reconnects.ts'
import { measureTakeover } from './lib/takeover.ts'

const PER_SECOND = 20
/** So many streams at the pace above are beyond two cores that provider and readers share. */
const MANY_PER_SECOND = 5
const WINDOW_MS = Number(process.env.BENCH_WINDOW_MS ?? 6_000)
const RECONNECTS = Number(process.env.BENCH_RECONNECTS ?? 10_000)
const STREAMS = Number(process.env.BENCH_STREAMS ?? 1_000)

interface Spread {
  p50: number
  p99: number
}

const results: {
  follow: Record<string, Spread>
  takeover: Record<string, Spread>
  reconnects?: ReconnectResult
  streams?: { onOne: Load; onOther: Load; database: DatabaseRates }
  notify: Record<string, number>
  inserts: Record<string, number>
} = { follow: {}, takeover: {}, notify: {}, inserts: {} }

const postgres = (await startPostgres()) as { url: string; stop: () => Promise<void> } | undefined
if (!postgres) throw new Error('This needs PostgreSQL, and it is not here.')
const provider = await startPaceProvider(PER_SECOND)
try {
  await withInstances(2, provider.url, (instances) => follow(instances, provider))
  const slow = await startPaceProvider(MANY_PER_SECOND)
  await withInstances(2, slow.url, async (instances) => {
    await streams(instances, slow)
    await limits(instances)
  })
  await slow.close()
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) await withInstances(2, provider.url, (instances) => takeover(instances, signal))
  const script = await startProvider({ deltas: 120, perSecond: 100 })
  await withInstances(4, script.url, reconnects)
  await script.close()
} finally {
  await provider.close()
  await postgres.stop()
}
const facts = { node: process.version, cores: cpus().length, perSecond: PER_SECOND, manyPerSecond: MANY_PER_SECOND, windowMs: WINDOW_MS }
writeFileSync(join(import.meta.dirname, 'scale-results.json'), `${JSON.stringify({ ...facts, ...results }, null, 2)}\n`)

async function withInstances(count: number, providerUrl: string, work: (instances: Instances) => Promise<void>): Promise<void> {
  const instances = await startInstances(count, (postgres as { url: string }).url, providerUrl)
  try {
    await work(instances)
  } finally {
    await instances.stop()
  }
}

/** From the provider's write to the reader's read: on the instance that has the run, and on the other. */
async function follow({ servers }: Instances, pace: PaceProvider): Promise<void> {
  const [one, other] = servers
  if (!one || !other) return
  for (const count of [1, 50]) {
    for (const [where, reader] of Object.entries({ same: one, other })) {
      const { p50, p99 } = await measureLoad(acrossTarget(`follow, ${where} instance`, one, reader), pace, count, PER_SECOND, WINDOW_MS)
      results.follow[`${count} on the ${where} instance`] = { p50, p99 }
      console.log(`follow latency, ${count} streams, ${where} instance: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
    }
  }
}

/** Half of the runs on each instance, every reader on the other one. */
async function streams({ servers, database }: Instances, pace: PaceProvider): Promise<void> {
  const [one, other] = servers
  if (!one || !other) return
  const half = STREAMS / 2
  const [onOne, onOther, rates] = await Promise.all([
    measureLoad(acrossTarget('one', one, other), pace, half, MANY_PER_SECOND, WINDOW_MS, STREAMS),
    measureLoad(acrossTarget('other', other, one), pace, half, MANY_PER_SECOND, WINDOW_MS, STREAMS),
    measureRates(database, WINDOW_MS / 2, () => pace.active() >= STREAMS),
  ])
  results.streams = { onOne, onOther, database: rates }
  for (const load of [onOne, onOther])
    console.log(
      `${load.streams} of ${STREAMS} streams: pace ${(load.pace * 100).toFixed(0)} %, p50 ${load.p50.toFixed(1)} ms, p99 ${load.p99.toFixed(1)} ms, ${load.cpuPer1000.toFixed(0)} ms CPU/1,000`,
    )
  console.log(
    `meanwhile: ${rates.commitsPerSecond.toFixed(0)} commits/s, ${rates.rowsPerSecond.toFixed(0)} rows/s, ${rates.notificationsPerSecond.toFixed(0)} NOTIFY/s`,
  )
}

/** What this PostgreSQL does when it does nothing else. */
async function limits({ database }: Instances): Promise<void> {
  for (const [writers, listeners] of [
    [1, 2],
    [8, 2],
    [8, 32],
  ] as const) {
    const rate = await measureNotify(database, writers, listeners, 3_000)
    results.notify[`${writers} writers, ${listeners} listeners`] = rate
    console.log(`NOTIFY, ${writers} writers, ${listeners} listeners: ${rate.toFixed(0)} transactions/s`)
  }
  for (const batch of [1, 20, 200]) {
    const rate = await measureInserts(database, batch, 3_000)
    results.inserts[`${batch} a commit`] = rate
    console.log(`events, ${batch} a commit: ${rate.toFixed(0)} rows/s`)
  }
}

async function takeover({ servers }: Instances, signal: NodeJS.Signals): Promise<void> {
  const [doomed, heir] = servers
  if (!doomed || !heir) return
  const times = (await measureTakeover(doomed, heir, signal)).sort((a, b) => a - b)
  const spread = { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
  results.takeover[signal] = spread
  console.log(`takeover after ${signal}: p50 ${(spread.p50 / 1_000).toFixed(1)} s, p99 ${(spread.p99 / 1_000).toFixed(1)} s`)
}

async function reconnects({ servers }: Instances): Promise<void> {
  const balancer = await startBalancer(servers.map(({ url }) => url))
  const result = await reconnectAtRandom(balancer.url, RECONNECTS)
  await balancer.close()
  results.reconnects = result
  console.log(
    `${result.reconnects} reconnects over ${servers.length} instances, ${result.events} events: ${result.gaps} gaps, ${result.duplicates} duplicates, ${result.differences} differences`,
  )
}
