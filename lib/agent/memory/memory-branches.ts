import type { EventLog } from '#lib/log/index.ts'
import { type Message, ROOT, type SessionState } from '#lib/protocol/index.ts'
import { branchesFrom, type MessageTree, type TreeNode } from '../message-tree.ts'
import { type AgentStore, busy, noSuchMessage, UNDO_MS } from '../store.ts'

export interface StoredMessage extends TreeNode {
  message: Message
  /** When, in ms, where it is deleted. */
  deletedAt: number
}

/** A session as far as its branches go. */
export interface BranchedSession {
  messages: StoredMessage[]
  /** The last message of the branch that was chosen; null: the newest. */
  leafId: string | null
}

export interface BranchSources<Session extends BranchedSession> {
  log: EventLog
  /** Throws `session-not-found`. */
  sessionOf: (sessionId: string) => Session
  sessions: () => Iterable<Session>
  treeOf: (session: Session) => MessageTree<StoredMessage>
  /** The last message of the branch that is shown. */
  leafOf: (session: Session) => string | null
  /** The messages of the runs that are not over: first the one that is being answered. */
  openMessagesOf: (session: Session) => string[]
}

type BranchStore = Pick<AgentStore, 'selectBranch' | 'deletePair' | 'restoreMessages' | 'rate' | 'purgeDeleted'>

/** What can be done with what was said, in this process's memory. */
export function createMemoryBranches<Session extends BranchedSession>(sources: BranchSources<Session>): BranchStore {
  const { log, sessionOf, treeOf, leafOf, openMessagesOf } = sources

  /** Throws `not-found`. */
  function shownIn(session: Session, messageId: string): StoredMessage {
    const found = treeOf(session).get(messageId)
    if (!found || found.isDeleted) throw noSuchMessage()
    return found
  }

  function setDeleted(messages: StoredMessage[], deletedAt: number | null): void {
    for (const one of messages) Object.assign(one, { isDeleted: deletedAt !== null, deletedAt: deletedAt ?? 0 })
  }

  return {
    selectBranch: (sessionId, messageId) =>
      log.transact(sessionId, async () => {
        const session = sessionOf(sessionId)
        if (openMessagesOf(session).length > 0) throw busy()
        const leafId = treeOf(session).newestBelow(shownIn(session, messageId).id)
        if (leafId === null || leafId === leafOf(session)) return { events: [], result: undefined }
        session.leafId = leafId
        return { events: [{ type: 'session:branch-selected', messageId: leafId }], result: undefined }
      }),
    deletePair: (sessionId, messageId) =>
      log.transact(sessionId, async (_tx, { at }) => {
        const session = sessionOf(sessionId)
        const pair = pairIn(session, messageId)
        const messageIds = pair.map(({ id }) => id)
        if (openMessagesOf(session).some((id) => messageIds.includes(id))) throw busy()
        const gone = pair.filter((one) => !one.isDeleted)
        if (gone.length === 0) return { events: [], result: messageIds }
        const leafId = leafOf(session)
        setDeleted(gone, Date.parse(at))
        const tree = treeOf(session)
        if (gone.some(({ id }) => id === leafId)) session.leafId = tree.newestBelow(tree.branchTo(leafId).at(-1)?.id ?? null)
        return { events: [{ type: 'message:deleted', messageIds }], result: messageIds }
      }),
    restoreMessages: (sessionId, messageIds) =>
      log.transact(sessionId, async () => {
        const session = sessionOf(sessionId)
        const found = session.messages.filter(({ id }) => messageIds.includes(id))
        const back = found.filter((one) => one.isDeleted).sort((a, b) => a.position - b.position)
        const ids = back.map(({ id }) => id)
        const [first] = back
        if (found.length === 0) throw noSuchMessage()
        if (!first) return { events: [], result: undefined }
        setDeleted(back, null)
        const tree = treeOf(session)
        if (openMessagesOf(session).length === 0 && !tree.isBelow(leafOf(session), first.id)) session.leafId = tree.newestBelow(first.id)
        return { events: [{ type: 'message:restored', messageIds: ids }], result: undefined }
      }),
    rate: (sessionId, messageId, rating) =>
      log.transact(sessionId, async () => {
        const stored = shownIn(sessionOf(sessionId), messageId)
        if (stored.message.role !== 'assistant') throw noSuchMessage()
        const { rating: before = null, ...rest } = stored.message
        if (before === rating) return { events: [], result: undefined }
        stored.message = rating === null ? rest : { ...rest, rating }
        return { events: [{ type: 'message:rated', messageId, rating }], result: undefined }
      }),
    async purgeDeleted(olderThanMs = UNDO_MS) {
      let count = 0
      for (const session of sources.sessions()) {
        const old = session.messages.filter((one) => one.isDeleted && one.deletedAt <= Date.now() - olderThanMs)
        for (const { id, parentId } of old) for (const one of session.messages) if (one.parentId === id) one.parentId = parentId
        session.messages = session.messages.filter((one) => !old.includes(one))
        count += old.length
      }
      return count
    },
  }
}

/** A user message with all answers to it, whichever of them is named. Throws `not-found`. */
function pairIn({ messages }: BranchedSession, messageId: string): StoredMessage[] {
  const named = messages.find(({ id }) => id === messageId)
  if (!named) throw noSuchMessage()
  const parent = messages.find(({ id }) => id === named.parentId)
  const asked = named.message.role === 'assistant' && parent?.message.role === 'user' ? parent : named
  return [asked, ...messages.filter(({ parentId, message }) => parentId === asked.id && message.role === 'assistant')]
}

/** A branch as it is shown: each message follows the one before it. */
export function shownOf(branch: StoredMessage[]): Message[] {
  return branch.map(({ message }, index) => ({ ...message, parentId: branch[index - 1]?.id ?? null }))
}

/** Where the conversation parts at these messages; an answer that is being written is one of the ways. */
export function branchesAt(
  tree: MessageTree<StoredMessage>,
  messages: Message[],
  run: { messageId: string; answerId: string } | undefined,
): SessionState['branches'] {
  const parents = new Set(messages.map(({ parentId }) => parentId ?? ROOT)).add(messages.at(-1)?.id ?? ROOT)
  return branchesFrom(
    [...parents].map((parentId): [string, string[]] => {
      const ids = tree.childrenOf(parentId === ROOT ? null : parentId).map(({ id }) => id)
      return [parentId, run?.messageId === parentId ? [...ids, run.answerId] : ids]
    }),
  )
}

/** The user message that an answer was given to, or itself. Throws `not-found`. */
export function askedIn(tree: MessageTree<StoredMessage>, messageId: string): StoredMessage {
  const found = tree.get(messageId)
  const asked = found?.message.role === 'assistant' && found.parentId !== null ? tree.get(found.parentId) : found
  if (asked?.message.role !== 'user' || found?.isDeleted || asked.isDeleted) throw noSuchMessage()
  return asked
}
