import { Client } from './client.ts'
import type { RillServer } from './server.ts'

const RUNS = 20

/**
 * From the signal to the moment when a reader elsewhere sees that another instance has the run, for each of some runs that are
 * being written on `doomed`, in ms.
 */
export async function measureTakeover(doomed: RillServer, heir: RillServer, signal: NodeJS.Signals): Promise<number[]> {
  const writer = new Client(doomed.url)
  const reader = new Client(heir.url)
  const taken: Promise<number>[] = []
  const begun: Promise<void>[] = []
  for (let count = 0; count < RUNS; count += 1) {
    const sessionId = await writer.createSession('Takeover')
    await writer.send(sessionId, 'Go')
    const hasBegun = Promise.withResolvers<void>()
    begun.push(hasBegun.promise)
    let at = 0
    const reading = reader.read(sessionId, 0, ({ event }) => {
      if (event.type === 'llm:chunk') hasBegun.resolve()
      if (event.type === 'run:started' && event.epoch > 1) at = performance.now()
      return at > 0
    })
    taken.push(reading.then(() => at))
  }
  await Promise.all(begun)
  const began = performance.now()
  await doomed.stop(signal)
  return (await Promise.all(taken)).map((at) => at - began)
}
