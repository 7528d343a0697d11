import { expect, test, vi } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { whenOnline } from './when-online.ts'

const lost = new AppError('unavailable', 'The server cannot be reached.')

test('what finds no network waits for it', async () => {
  const target = new EventTarget()
  vi.stubGlobal('navigator', { onLine: false })
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
  try {
    const unreached = new AppError('unavailable', 'The server cannot be reached.', { cause: new TypeError('no network') })
    const start = vi.fn().mockRejectedValueOnce(unreached).mockResolvedValueOnce('s1').mockRejectedValueOnce(lost)
    const waiting = vi.fn()
    const started = whenOnline(start, waiting)
    await vi.waitFor(() => expect(waiting.mock.calls).toEqual([[true]]))
    expect(start).toHaveBeenCalledTimes(1)
    target.dispatchEvent(new Event('online'))
    expect(await started).toBe('s1')
    expect(waiting.mock.calls).toEqual([[true], [false]])
    await expect(whenOnline(start, waiting)).rejects.toBe(lost)
  } finally {
    vi.unstubAllGlobals()
  }
})
