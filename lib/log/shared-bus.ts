import { type Bus, Readers } from './bus.ts'
import { CatchUp, type CatchUpSource } from './catch-up.ts'

/** What the bus needs of the channel between instances. */
export interface BusChannel {
  readonly isUp: boolean
  send(topic: string, text: string): Promise<void>
  subscribe(topic: string, listener: (text: string) => void): void
  onChange(listener: () => void): void
}

const TOPIC = 'log'
/** A notice may be lost even while the channel is up: then it costs a follower this much. */
const POLL_MS = 5_000
/** How often the log is looked at for all followers together while nothing is heard. */
const DEAF_POLL_MS = 250
/** 36 bytes and a space each: far below what a message may have. */
const SESSIONS_A_MESSAGE = 150

/**
 * The bus of one instance among several on one log: followers here get entries at once. Other instances get a wake-up, and
 * read the log for their followers. One message is under way at a time; what is committed meanwhile goes with the next.
 */
export function createSharedBus(channel: BusChannel, instanceId: string, source: CatchUpSource): Bus {
  const readers = new Readers()
  const catchUp = new CatchUp(source, readers)
  const waiting = new Set<string>()
  let isSending = false
  let sending = Promise.resolve()

  async function send(): Promise<void> {
    isSending = true
    try {
      while (waiting.size > 0) {
        const sessionIds = [...waiting].slice(0, SESSIONS_A_MESSAGE)
        for (const sessionId of sessionIds) waiting.delete(sessionId)
        await channel.send(TOPIC, `${instanceId} ${sessionIds.join(' ')}`)
      }
    } catch {
      // The database is away: followers elsewhere look at the log by themselves when it is back.
    } finally {
      isSending = false
    }
  }

  channel.subscribe(TOPIC, (text) => {
    const [from, ...sessionIds] = text.split(' ')
    if (from !== instanceId) catchUp.want(sessionIds.filter((sessionId) => readers.has(sessionId)))
  })
  channel.onChange(() => readers.tellAll())
  const polling = setInterval(() => {
    if (!channel.isUp) catchUp.want(readers.sessionIds())
  }, DEAF_POLL_MS)

  return {
    pollMs: POLL_MS,
    publish(sessionId, entries) {
      readers.tell(sessionId, { entries })
      catchUp.gave(sessionId, entries.at(-1)?.seq ?? 0)
      waiting.add(sessionId)
      if (!isSending) sending = send()
    },
    subscribe(sessionId, listener) {
      const unsubscribe = readers.add(sessionId, listener)
      return () => {
        unsubscribe()
        if (!readers.has(sessionId)) catchUp.forget(sessionId)
      }
    },
    async close() {
      clearInterval(polling)
      await Promise.all([sending, catchUp.settled()])
      readers.close()
    },
  }
}
