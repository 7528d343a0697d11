import { expect, test } from 'vitest'
import { createShifts, type ShiftsOptions } from './shifts.ts'

test('a shift closes when the runs are over and what is left was tidied up', async () => {
  const { calls, shifts, work } = openRig()
  const { close } = shifts.open(performance.now())
  const closing = close()
  expect(calls).toEqual(['resume', 'idle'])
  work.resolve()
  await closing
  expect(calls).toEqual(['resume', 'idle', 'tidy', 'idle', 'pause', 'rest'])
})

test('a shift that is over hands over what is not done', async () => {
  const { calls, shifts } = openRig({ durationMs: 30 })
  const { signal, close } = shifts.open(performance.now())
  expect(signal.aborted).toBe(false)
  await close()
  expect(signal.aborted).toBe(true)
  expect(calls).toEqual(['resume', 'idle', 'pause', 'rest'])
})

test('a shift that is over tidies nothing up, though its worker is idle then', async () => {
  const { calls, shifts, work } = openRig({ durationMs: 30, pause: async () => work.resolve() })
  await shifts.open(performance.now()).close()
  await new Promise((resolve) => setImmediate(resolve))
  expect(calls).not.toContain('tidy')
})

test('the time before a shift was opened counts', async () => {
  const { shifts } = openRig({ durationMs: 60_000 })
  const { signal, close } = shifts.open(performance.now() - 60_000)
  await close()
  expect(signal.aborted).toBe(true)
})

test('the worker goes on as long as one shift is open', async () => {
  const { calls, shifts, work } = openRig()
  const [first, second] = [shifts.open(performance.now()), shifts.open(performance.now())]
  work.resolve()
  await first.close()
  expect(calls).not.toContain('pause')
  await second.close()
  expect(calls.slice(-2)).toEqual(['pause', 'rest'])
})

test('a shift that begins while the last one ends keeps its connections', async () => {
  const paused = Promise.withResolvers<void>()
  const { calls, shifts, work } = openRig({ pause: () => paused.promise })
  work.resolve()
  const closing = shifts.open(performance.now()).close()
  await expect.poll(() => calls).toContain('pause')
  shifts.open(performance.now())
  paused.resolve()
  await closing
  expect(calls).not.toContain('rest')
})

/** Shifts of a worker that is idle when `work` is done; `calls` says what was called. */
function openRig({ durationMs = 60_000, pause = async () => {} }: { durationMs?: number; pause?: () => Promise<void> } = {}) {
  const calls: string[] = []
  const work = Promise.withResolvers<void>()
  const noted = (name: string, result: () => Promise<void>) => () => {
    calls.push(name)
    return result()
  }
  const options: ShiftsOptions = {
    worker: { idle: noted('idle', () => work.promise), pause: noted('pause', pause), resume: () => void calls.push('resume') },
    durationMs,
    tidy: noted('tidy', async () => {}),
    rest: noted('rest', async () => {}),
  }
  return { calls, work, shifts: createShifts(options) }
}
