import { isUnreached } from './api.ts'

/** As `start` does it. While the network is away it waits for it, and says so. */
export async function whenOnline(start: () => Promise<string>, onWaiting: (isWaiting: boolean) => void): Promise<string> {
  for (;;) {
    try {
      return await start()
    } catch (error) {
      if (navigator.onLine || !isUnreached(error)) throw error
    }
    onWaiting(true)
    await new Promise((resolve) => addEventListener('online', resolve, { once: true }))
    onWaiting(false)
  }
}
