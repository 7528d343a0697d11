import type { SessionInfo } from './events.ts'

/** A session as the list of its user's shows it. */
export interface ListedSession extends SessionInfo {
  /** True while an answer is being written, or waits to be. */
  active: boolean
  /** True while it waits for the user. */
  waiting: boolean
  /** How it begins, while it has no title. */
  opening: string | null
}

/** Newest first. */
export interface SessionPage {
  sessions: ListedSession[]
  /** Of the next page; null: there is none. */
  nextCursor: string | null
}

/** What the list's stream says: its first page, then each session that changed. */
export type ListChange =
  | ({ type: 'list:page' } & SessionPage)
  | { type: 'list:changed'; session: ListedSession }
  | { type: 'list:removed'; sessionId: string }
