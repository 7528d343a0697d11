import 'server-only'
import type { Job, RunQueue } from './queue.ts'

export interface WorkerOptions {
  queue: RunQueue
  /** Carries out a run to its end. Throws when it could not: then another attempt is made. `signal` hands it over. */
  execute: (runId: string, signal: AbortSignal) => Promise<void>
  /** Those of the runs here that were asked to stop by another instance. */
  findCancelled: (runIds: string[]) => Promise<string[]>
  stop: (runId: string) => void
  onError: (error: unknown) => void
  /** Most runs at a time. */
  capacity: number
  /** How often to look for runs that others left, in ms. */
  pollMs?: number
  /** How often to say that we live, in ms. */
  heartbeatMs?: number
}

export interface Worker {
  /** Looks for runs now. */
  wake(): void
  /** Hands all runs over and stops. Resolves when nothing is left here. */
  stop(): Promise<void>
}

/** Takes runs from the queue and carries them out in this process, many at a time. */
export function startWorker(options: WorkerOptions): Worker {
  const { queue, execute, onError, capacity, pollMs = 2_000, heartbeatMs = 5_000 } = options
  const handover = new AbortController()
  const active = new Map<Job, Promise<void>>()
  let fetching: Promise<void> | undefined
  let isAskedAgain = false

  function wake(): void {
    if (handover.signal.aborted) return
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
    try {
      if (handover.signal.aborted) return await queue.release(job)
      await execute(job.id, handover.signal)
    } catch (error) {
      onError(error)
      return queue.release(job)
    }
    await (handover.signal.aborted ? queue.release(job) : queue.complete(job))
  }

  async function beat(): Promise<void> {
    const jobs = [...active.keys()]
    if (jobs.length === 0) return
    await queue.touch(jobs)
    for (const runId of await options.findCancelled(jobs.map((job) => job.id))) options.stop(runId)
  }

  const polling = setInterval(wake, pollMs)
  const beating = setInterval(() => void beat().catch(onError), heartbeatMs)
  return {
    wake,
    async stop() {
      clearInterval(polling)
      clearInterval(beating)
      handover.abort()
      await fetching
      await Promise.allSettled(active.values())
    },
  }
}
