import 'server-only'
import type { BusChannel, EventLog } from '#lib/log/index.ts'

/** The sessions of a user that changed, were made or are gone; `all`: look at the whole list. */
export type ListNews = readonly string[] | 'all'

/** Tells those who look at a user's list of sessions what changed in it. It may lose news: then it says `all` later. */
export interface ListFeed {
  /** `all` at first; then what changed, gathered while the reader was busy. Ends with `signal`, or with the feed. */
  follow(userId: string, signal: AbortSignal): AsyncGenerator<ListNews>
  close(): Promise<void>
}

export interface ListFeedOptions {
  log: Pick<EventLog, 'onCommitted'>
  /** Whose these sessions are; one that is not there any more is left out. */
  ownersOf: (sessionIds: readonly string[]) => Promise<{ sessionId: string; userId: string }[]>
  /** Where other instances are told of what is committed here. */
  channel?: BusChannel
  instanceId: string
  /** Other processes commit too, and no channel tells of it. */
  isDeaf?: boolean
  /** How many look now: counted here. */
  counts?: { followers: number }
  onError: (error: unknown) => void
}

const TOPIC = 'list'
/** What the list shows changes with none of these. */
const isOfAnswer = (type: string) => type.startsWith('llm:') || type === 'context:compacted'
/** In characters: below what a message may have. */
const MESSAGE_LENGTH = 7_000
/** Sessions that are looked up in one statement. */
const MOST_LOOKED_UP = 500
/** What gathers for a slow reader; past it, it reads the list anew. */
const MOST_GATHERED = 50
const TICK_MS = 1_000
/** News may be lost although the channel is up: then it costs so many ticks. */
const TICKS_WHEN_UP = 30

export function createListFeed({
  log,
  ownersOf,
  channel,
  instanceId,
  isDeaf = false,
  counts = { followers: 0 },
  onError,
}: ListFeedOptions): ListFeed {
  const readers = new Map<string, Set<Gathered>>()
  const changed = new Set<string>()
  let isTelling = false
  let telling = Promise.resolve()
  let isClosed = false

  const tellAll = () => {
    for (const ofUser of readers.values()) for (const reader of ofUser) reader.put('all')
  }
  const tell = (userId: string, sessionId: string) => {
    for (const reader of readers.get(userId) ?? []) reader.put(sessionId)
  }

  /** One statement and one message at a time, for all sessions that changed meanwhile. */
  async function tellChanged(): Promise<void> {
    isTelling = true
    while (changed.size > 0) {
      const sessionIds = [...changed].slice(0, MOST_LOOKED_UP)
      for (const sessionId of sessionIds) changed.delete(sessionId)
      try {
        const owned = await ownersOf(sessionIds)
        for (const { userId, sessionId } of owned) tell(userId, sessionId)
        if (channel) for (const text of messages(owned)) await channel.send(TOPIC, `${instanceId}${text}`)
      } catch (error) {
        // Who looks here looks again; who looks elsewhere does so by and by.
        onError(error)
        tellAll()
      }
    }
    isTelling = false
  }

  const unsubscribe = log.onCommitted((entries) => {
    if (!channel && readers.size === 0) return
    for (const { type, sessionId } of entries) if (!isOfAnswer(type)) changed.add(sessionId)
    if (changed.size > 0 && !isTelling) telling = tellChanged()
  })
  channel?.subscribe(TOPIC, (text) => {
    const [from, ...pairs] = text.split(' ')
    if (from === instanceId) return
    for (const pair of pairs) {
      const [userId = '', sessionId = ''] = pair.split(':')
      tell(userId, sessionId)
    }
  })
  channel?.onChange(tellAll)
  let ticks = 0
  const ticking = setInterval(() => {
    ticks += 1
    if (isDeaf || (channel && (!channel.isUp || ticks % TICKS_WHEN_UP === 0))) tellAll()
  }, TICK_MS)

  return {
    async *follow(userId, signal) {
      const mine = new Gathered()
      const ofUser = readers.get(userId) ?? new Set()
      readers.set(userId, ofUser.add(mine))
      const end = () => mine.end()
      signal.addEventListener('abort', end)
      if (signal.aborted || isClosed) end()
      counts.followers += 1
      try {
        for (let news = await mine.take(); news; news = await mine.take()) yield news
      } finally {
        counts.followers -= 1
        signal.removeEventListener('abort', end)
        ofUser.delete(mine)
        if (ofUser.size === 0 && readers.get(userId) === ofUser) readers.delete(userId)
      }
    },
    async close() {
      isClosed = true
      clearInterval(ticking)
      unsubscribe()
      await telling
      for (const ofUser of readers.values()) for (const reader of ofUser) reader.end()
    },
  }
}

/** " user:session user:session …", cut into what messages may hold. */
function messages(owned: readonly { userId: string; sessionId: string }[]): string[] {
  const texts: string[] = []
  for (const { userId, sessionId } of owned) {
    const pair = ` ${userId}:${sessionId}`
    const last = texts.at(-1)
    if (last !== undefined && last.length + pair.length <= MESSAGE_LENGTH) texts[texts.length - 1] = last + pair
    else texts.push(pair)
  }
  return texts
}

/** What one reader was told and has not taken yet. At first: all. */
class Gathered {
  readonly #sessionIds = new Set<string>()
  #isAll = true
  #isEnded = false
  #wake: (() => void) | undefined

  put(sessionId: string | 'all'): void {
    if (sessionId === 'all' || this.#sessionIds.size >= MOST_GATHERED) this.#isAll = true
    else this.#sessionIds.add(sessionId)
    this.#wake?.()
  }

  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  /** Waits for news; undefined at the end. */
  async take(): Promise<ListNews | undefined> {
    while (!this.#isEnded) {
      const news = this.#isAll ? 'all' : [...this.#sessionIds]
      if (news.length > 0) {
        this.#isAll = false
        this.#sessionIds.clear()
        return news
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return undefined
  }
}
