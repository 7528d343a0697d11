import { cleanText, type Message, type SessionInfo } from '#lib/protocol/index.ts'
import type { ConversationHit } from '#lib/tools/index.ts'

export type { ConversationHit }

/** A conversation that may be searched: its settled messages, oldest first. */
export interface SearchedSession {
  info: SessionInfo
  ownerId: string | undefined
  messages: readonly Message[]
}

const MOST_WORDS = 10
const LONGEST_WORD = 100
const EXCERPT = 200

/** What is looked for: each word once, in small letters. Of a long query, its beginning. */
export function searchWords(query: string): string[] {
  const words = cleanText(query).toLowerCase().split(/\s+/)
  return [...new Set(words.filter((word) => word !== '').map((word) => word.slice(0, LONGEST_WORD).toWellFormed()))].slice(0, MOST_WORDS)
}

/** A message as a hit; undefined unless every word occurs in a text of it. */
export function hitOf(
  { id, title }: Pick<SessionInfo, 'id' | 'title'>,
  message: Message,
  words: readonly string[],
): ConversationHit | undefined {
  const said = message.parts.filter((part) => part.type === 'text' || part.type === 'steer')
  const text = said.map((part) => part.text).join('\n')
  const lower = text.toLowerCase()
  const places = words.map((word) => lower.indexOf(word))
  if (places.length === 0 || places.includes(-1)) return undefined
  const excerpt = excerptAt(text, Math.min(...places))
  // What the user said while the answer was written stands in it.
  const isUsers = said.some((part) => part.type === 'steer' && words.every((word) => part.text.toLowerCase().includes(word)))
  return { sessionId: id, title, messageId: message.id, role: isUsers ? 'user' : message.role, at: message.createdAt, excerpt }
}

/** The newest hits in the sessions of the owner of one of them: conversations by their last change, messages from the last one on. */
export function searchMessages(
  sessions: Iterable<SearchedSession>,
  { sessionId, query, limit }: { sessionId: string; query: string; limit: number },
): ConversationHit[] {
  const all = [...sessions]
  const current = all.find(({ info }) => info.id === sessionId)
  const words = searchWords(query)
  if (!current) return []
  const mine = all.filter(({ ownerId }) => ownerId === current.ownerId).sort((a, b) => b.info.updatedAt.localeCompare(a.info.updatedAt))
  const hits: ConversationHit[] = []
  for (const { info, messages } of mine) {
    for (const message of messages.toReversed()) {
      const hit = hits.length < limit && hitOf(info, message, words)
      if (hit) hits.push(hit)
    }
  }
  return hits
}

/** A third of it stands before the place, so that one sees what it is about. */
function excerptAt(text: string, place: number): string {
  const from = Math.max(0, Math.min(place - Math.floor(EXCERPT / 3), text.length - EXCERPT))
  const cut = text.slice(from, from + EXCERPT)
  const line = cut.replace(/\s+/g, ' ').trim()
  const isCut = { before: from > 0, after: from + EXCERPT < text.length }
  // Room for the marks, and no half of a pair at the edges.
  const whole = line.slice(isCut.before ? 1 : 0, isCut.after ? -1 : undefined).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
  return `${isCut.before ? '…' : ''}${whole}${isCut.after ? '…' : ''}`
}
