import { readFileSync } from 'node:fs'
import { now, type PaceProvider } from './pace-provider.ts'
import type { Target } from './targets.ts'

export interface Load {
  streams: number
  /** Deltas that arrived in the window, of those that were due. */
  pace: number
  p50: number
  p99: number
  /** CPU of the server's process for 1,000 deltas, in ms. */
  cpuPer1000: number
  rssMb: number
}

const CLOCK_TICKS = 100
/** From when all streams flow to when measuring begins. */
export const WARM_UP_MS = 2_000
/** Streams that are opened at a time. */
const AT_ONCE = 40

/** Opens streams on a target, and measures a window once all of them flow. */
export async function measureLoad(
  target: Target,
  provider: PaceProvider,
  streams: number,
  perSecond: number,
  windowMs: number,
  /** Answers that are under way in all, when others are measured beside these. */
  answers = streams,
): Promise<Load> {
  const latencies: number[] = []
  let isMeasuring = false
  let sessionsFlowing = 0
  const leave = new AbortController()
  const onText = (text: string, at: number) => {
    if (!isMeasuring) return
    for (const [stamp] of text.matchAll(/\d{6,}/g)) latencies.push(at - Number(stamp))
  }
  const readers: Promise<void>[] = []
  const end = async () => {
    provider.finish()
    await pause(300)
    leave.abort()
    await Promise.allSettled(readers)
  }
  const open = async () => {
    try {
      readers.push(readAll(await target.open(leave.signal), onText))
      sessionsFlowing += 1
    } catch (error) {
      await end()
      throw error
    }
  }
  for (let opened = 0; opened < streams; opened += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, streams - opened) }, open))
  for (const until = Date.now() + 60_000; provider.active() < answers && Date.now() < until; ) await pause(50)
  if (provider.active() < answers || sessionsFlowing < streams)
    throw new Error(`${target.name}: only ${provider.active()} of ${answers} answers began.`)
  await pause(WARM_UP_MS)
  const cpuBefore = cpuMs(target.pid)
  isMeasuring = true
  await pause(windowMs)
  isMeasuring = false
  const cpu = cpuMs(target.pid) - cpuBefore
  const rssMb = rssOf(target.pid)
  await end()
  for (const until = Date.now() + 20_000; provider.active() > 0 && Date.now() < until; ) await pause(50)
  latencies.sort((a, b) => a - b)
  return {
    streams,
    pace: latencies.length / ((streams * perSecond * windowMs) / 1_000),
    p50: quantile(latencies, 0.5) / 1_000,
    p99: quantile(latencies, 0.99) / 1_000,
    cpuPer1000: (cpu / latencies.length) * 1_000,
    rssMb,
  }
}

async function readAll(body: ReadableStream<Uint8Array>, onText: (text: string, at: number) => void): Promise<void> {
  const utf8 = new TextDecoder()
  try {
    for await (const bytes of body) onText(contentOf(utf8.decode(bytes, { stream: true })), now())
  } catch {
    // The measurement is over and the stream was left.
  }
}

/** Only what the model wrote: times and ids of the envelope must not be taken for stamps. */
function contentOf(text: string): string {
  return [...text.matchAll(/"(?:content|delta)":"([^"]*)"/g)].map((match) => match[1]).join(' ')
}

/** Of values in order. */
export function quantile(sorted: number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

/** User and system time of a process (proc(5), fields 14 and 15), in ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / CLOCK_TICKS
}

export function rssOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
