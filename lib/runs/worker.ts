import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import type { Job, RunQueue } from './queue.ts'

/** `waiting`: the run waits for a person, and its job is gone. `lost`: another worker has the run, and its job. */
export type Outcome = 'over' | 'handed-over' | 'lost' | 'waiting'

export interface WorkerOptions {
  queue: RunQueue
  /** Carries out a run to its end, or lets go of it. Throws when it could not go on. `signal` hands it over. */
  execute: (runId: string, signal: AbortSignal) => Promise<Outcome>
  /** Tells the workers elsewhere that a run waits which is not taken here. */
  announce: () => void
  /** Those of the runs here that were asked to stop by another instance. */
  findCancelled: (runIds: string[]) => Promise<string[]>
  stop: (runId: string) => void
  onError: (error: unknown) => void
  /** Most runs at a time. */
  capacity: number
  /** How often to look for runs that others left, in ms. */
  pollMs?: number
  /** How often to say that we live, and to look whether a run is to stop, in ms. */
  heartbeatMs?: number
  /** How long a run that failed here waits before it is given back, in ms; each time twice as long, to half a minute. */
  retryMs?: number
  /** Takes no runs before the first `resume`. */
  isPaused?: boolean
}

export interface Worker {
  /** Looks for runs now: there may be one. */
  wake(): void
  /** Resolves when no run is here, and none waits that could be. */
  idle(): Promise<void>
  /** Hands all runs over, and takes none until `resume`. Resolves when nothing is left here. */
  pause(): Promise<void>
  /** Begins again, and looks for runs now. */
  resume(): void
  /** Takes no more runs, and leaves them to the workers elsewhere. Resolves when those here are over or handed over. */
  drain(): Promise<void>
  /** Hands all runs over and stops. Resolves when nothing is left here. */
  stop(): Promise<void>
}

const LONGEST_RETRY_MS = 30_000

/** Takes runs from the queue and carries them out in this process, many at a time. */
export function startWorker(options: WorkerOptions): Worker {
  const { queue, execute, announce, onError, capacity, pollMs = 2_000, heartbeatMs = 5_000, retryMs = 250 } = options
  let handover = new AbortController()
  const active = new Map<Job, Promise<void>>()
  let fetching: Promise<void> | undefined
  let isAskedAgain = false
  const draining = new AbortController()
  let isPaused = options.isPaused ?? false

  const takesNone = () => draining.signal.aborted || isPaused

  function wake(): void {
    if (takesNone()) return
    if (fetching) {
      isAskedAgain = true
      return
    }
    fetching = takeJobs()
      .catch(onError)
      .finally(() => {
        fetching = undefined
        if (isAskedAgain) {
          isAskedAgain = false
          wake()
        }
      })
  }

  async function takeJobs(): Promise<void> {
    const free = capacity - active.size
    if (free <= 0) return
    for (const job of await queue.fetch(Math.min(free, 100))) {
      const done = work(job)
        .catch(onError)
        .finally(() => {
          const wasFull = active.size >= capacity
          active.delete(job)
          if (wasFull) wake()
        })
      active.set(job, done)
      isAskedAgain = true
    }
  }

  async function work(job: Job): Promise<void> {
    const outcome = takesNone() ? 'handed-over' : await attempt(job)
    // A run that waited has a new job under the old one's name: nothing here tells the two apart.
    if (outcome === 'waiting' || outcome === 'lost') return
    if (outcome === 'over') return queue.complete(job)
    await queue.release(job)
    if (draining.signal.aborted) announce()
  }

  async function attempt({ id: runId, retryCount }: Job): Promise<Outcome> {
    const { signal } = handover
    try {
      return await execute(runId, signal)
    } catch (error) {
      onError(error)
      const waitMs = Math.min(retryMs * 2 ** Math.min(retryCount, 10), LONGEST_RETRY_MS)
      // It rejects only when it is cut short.
      await pause(waitMs, undefined, { signal: AbortSignal.any([signal, draining.signal]) }).catch(() => {})
      return 'handed-over'
    }
  }

  async function beat(): Promise<void> {
    const jobs = [...active.keys()]
    if (jobs.length === 0) return
    await queue.touch(jobs)
    for (const runId of await options.findCancelled(jobs.map((job) => job.id))) options.stop(runId)
  }

  const polling = setInterval(wake, pollMs)
  const beating = setInterval(() => void beat().catch(onError), heartbeatMs)

  async function drain(): Promise<void> {
    draining.abort()
    clearInterval(polling)
    await idle()
  }

  async function idle(): Promise<void> {
    while (fetching || active.size > 0) await Promise.allSettled([fetching, ...active.values()])
  }

  return {
    wake,
    idle,
    async pause() {
      isPaused = true
      handover.abort()
      await fetching
      await Promise.allSettled(active.values())
    },
    resume() {
      if (handover.signal.aborted) handover = new AbortController()
      isPaused = false
      wake()
    },
    drain,
    async stop() {
      handover.abort()
      await drain()
      clearInterval(beating)
    },
  }
}
