import { Client } from './client.ts'

export interface ReconnectResult {
  reconnects: number
  events: number
  gaps: number
  duplicates: number
  /** Events that were not, byte for byte, what another connection got. */
  differences: number
}

const READERS = 20
const MOST_EVENTS = 30

/**
 * Readers of answers that are being written leave after a random number of events and come back from their cursor, `times` in
 * all; at an answer's end they read it again from the beginning. Whatever process they meet, the next event must be the next one.
 */
export async function reconnectAtRandom(url: string, times: number): Promise<ReconnectResult> {
  const result: ReconnectResult = { reconnects: 0, events: 0, gaps: 0, duplicates: 0, differences: 0 }
  await Promise.all(Array.from({ length: READERS }, () => readWithCuts(new Client(url), result, times)))
  return result
}

async function readWithCuts(client: Client, result: ReconnectResult, times: number): Promise<void> {
  const sessionId = await client.createSession('Reconnects')
  await client.send(sessionId, 'Count slowly')
  const log: string[] = []
  let cursor = 0
  while (result.reconnects < times) {
    result.reconnects += 1
    let left = Math.ceil(Math.random() * MOST_EVENTS)
    await client.read(sessionId, cursor, ({ json, event }) => {
      result.events += 1
      if (event.seq > cursor + 1) result.gaps += 1
      if (event.seq <= cursor) result.duplicates += 1
      const known = log[event.seq]
      if (known !== undefined && known !== json) result.differences += 1
      log[event.seq] = json
      left -= 1
      cursor = event.type === 'run:complete' ? 0 : event.seq
      return left === 0 || cursor === 0
    })
  }
}
