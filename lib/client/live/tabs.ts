import { newId } from '#lib/protocol/index.ts'

/** `leads`: reads for all. `polls`: the same, now and then, for there are enough streams already. `listens`: is told. */
export type Role = 'leads' | 'polls' | 'listens'

export interface Member {
  /** At once, and whenever it changes. */
  onRole(role: Role, turn: Turn): void
  /** What the tab said that leads. */
  onData(data: unknown): void
}

export interface Turn {
  /** To all that listen. */
  send(data: unknown): void
  /** Aborts with the next role, and when the tab leaves. */
  ended: AbortSignal
}

/** The tabs of one browser: of those that want the same, one gets it for all. */
export interface Tabs {
  /** Until `signal` aborts. */
  join(topic: string, member: Member, signal: AbortSignal): void
  /** Whether a tab that somebody sees has joined. */
  isShown(topic: string): boolean
}

export interface TabsOptions {
  channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>
  isHidden?: () => boolean
  id?: string
}

/** Who is lower leads: one that is seen before one that is hidden, then who began first. */
type Rank = readonly [hidden: number, since: number, id: string]

type Message =
  | { kind: 'here' }
  | { kind: 'lead'; topic: string; rank: Rank }
  | { kind: 'left'; topic: string; id: string }
  | { kind: 'data'; topic: string; id: string; data: unknown }

interface Lead {
  rank: Rank
  /** By this page's own clock, which nobody sets. */
  heardAt: number
}

interface Place {
  member: Member
  topic: string
  /** When it began to lead. */
  since: number | null
  role?: Role
  turn?: AbortController
}

const BEAT_MS = 2_000
/** One that was not heard for so long is not there. */
const GONE_MS = 3 * BEAT_MS
/** When one left, those who listened do not all begin at once. Who is asked whether it is there answers by then. */
const SETTLE_MS = 100
/** Streams of sessions in one browser; with that of the list, two of six connections are left. */
const MOST_STREAMS = 3

/**
 * Each tab begins by leading, and says so; one that hears of a lower rank yields. Two may lead for a moment: so whoever takes what
 * comes must take it once. There is no lock in it: browsers have those over HTTPS only, and it is over plain HTTP/1.1 that
 * connections are few.
 */
export function createTabs({ channel, isHidden = () => document.hidden, id = newId() }: TabsOptions): Tabs {
  const places = new Map<string, Place>()
  /** Those of other tabs. */
  const leads = new Map<string, Lead>()
  let beating: ReturnType<typeof setInterval> | undefined

  const post = (message: Message) => channel.postMessage(message)
  const rankOf = ({ since }: Place): Rank => [Number(isHidden()), since ?? 0, id]

  function leadOf(topic: string): Lead | undefined {
    const lead = leads.get(topic)
    return lead && performance.now() - lead.heardAt < GONE_MS ? lead : undefined
  }

  function announce(place: Place): void {
    post({ kind: 'lead', topic: place.topic, rank: rankOf(place) })
  }

  function claim(place: Place): void {
    place.since = Date.now()
    announce(place)
    review(place)
  }

  /** Gives the place its role, as things stand. */
  function review(place: Place): void {
    const role = place.since === null ? 'listens' : isCrowded(place) ? 'polls' : 'leads'
    if (role === place.role) return
    place.role = role
    place.turn?.abort()
    place.turn = new AbortController()
    const send = (data: unknown) => {
      if (place.since !== null) post({ kind: 'data', topic: place.topic, id, data })
    }
    place.member.onRole(role, { send, ended: place.turn.signal })
  }

  function leave(place: Place): void {
    place.turn?.abort()
    if (places.get(place.topic) !== place) return
    places.delete(place.topic)
    if (place.since !== null) post({ kind: 'left', topic: place.topic, id })
    if (places.size > 0) return
    clearInterval(beating)
    beating = undefined
  }

  function isCrowded(place: Place): boolean {
    if (!isOfSession(place.topic)) return false
    const before = [...leads.keys()].filter((topic) => {
      const lead = leadOf(topic)
      return lead !== undefined && topic !== place.topic && isOfSession(topic) && isLower(lead.rank, rankOf(place))
    })
    return before.length >= MOST_STREAMS
  }

  function reviewAll(): void {
    for (const place of places.values()) review(place)
  }

  function onLead(topic: string, rank: Rank): void {
    const known = leadOf(topic)
    if (!known || known.rank[2] === rank[2] || isLower(rank, known.rank)) leads.set(topic, { rank, heardAt: performance.now() })
    const place = places.get(topic)
    if (!place) return
    if (place.since === null) {
      if (rank[0] === 1 && !isHidden()) claim(place)
    } else if (isLower(rank, rankOf(place))) place.since = null
    else announce(place)
  }

  function onLeft(topic: string, from: string): void {
    if (leads.get(topic)?.rank[2] !== from) return
    leads.delete(topic)
    setTimeout(() => claimIfNone(topic), Math.random() * SETTLE_MS)
  }

  function claimIfNone(topic: string): void {
    const place = places.get(topic)
    if (place?.since === null && !leadOf(topic)) claim(place)
  }

  function onData({ topic, id: from, data }: Extract<Message, { kind: 'data' }>): void {
    const lead = leads.get(topic)
    if (lead?.rank[2] === from) lead.heardAt = performance.now()
    const place = places.get(topic)
    if (place?.since === null) place.member.onData(data)
  }

  channel.addEventListener('message', ({ data: message }: MessageEvent<Message>) => {
    if (message.kind === 'data') return onData(message)
    if (message.kind === 'lead') onLead(message.topic, message.rank)
    else if (message.kind === 'left') onLeft(message.topic, message.id)
    else for (const place of places.values()) if (place.since !== null) announce(place)
    reviewAll()
  })
  // What they said before was not heard here.
  post({ kind: 'here' })

  function beat(): void {
    const missed: string[] = []
    for (const { topic, since } of places.values()) if (since === null && !leadOf(topic)) missed.push(topic)
    if (missed.length > 0) ask(missed)
    for (const place of places.values()) if (place.since !== null) announce(place)
    reviewAll()
  }

  /** Hidden pages beat once a minute: one that was not heard may be there. */
  function ask(missed: readonly string[]): void {
    post({ kind: 'here' })
    setTimeout(() => missed.forEach(claimIfNone), SETTLE_MS * (1 + Math.random()))
  }

  // A page that goes away runs nothing else.
  globalThis.addEventListener?.('pagehide', () => {
    for (const { topic, since } of places.values()) if (since !== null) post({ kind: 'left', topic, id })
  })

  return {
    join(topic, member, signal) {
      if (signal.aborted) return
      const place: Place = { member, topic, since: null }
      places.set(topic, place)
      signal.addEventListener('abort', () => leave(place))
      beating ??= setInterval(beat, BEAT_MS)
      const lead = leadOf(topic)
      if (lead && (lead.rank[0] === 0 || isHidden())) review(place)
      else claim(place)
    },
    isShown: (topic) => (places.has(topic) && !isHidden()) || leadOf(topic)?.rank[0] === 0,
  }
}

const isOfSession = (topic: string) => topic.startsWith('session:')

function isLower(a: Rank, b: Rank): boolean {
  if (a[0] !== b[0]) return a[0] < b[0]
  return a[1] === b[1] ? a[2] < b[2] : a[1] < b[1]
}

let ofPage: Tabs | undefined

/** This page's place among the tabs. */
export function tabsOn(channel: BroadcastChannel): Tabs {
  ofPage ??= createTabs({ channel })
  return ofPage
}
