import { createEventLog, createMemoryBus, createMemoryStorage, type EventLog, foldEntries, placeEvent } from '#lib/log/index.ts'
import {
  AppError,
  cleanText,
  type Message,
  type NewEvent,
  newId,
  type QueueMode,
  reduceAll,
  type SessionInfo,
  type SessionState,
  textOf,
  type UserMessage,
} from '#lib/protocol/index.ts'
import { MessageTree } from '../message-tree.ts'
import { searchMessages } from '../search-messages.ts'
import {
  type Accepted,
  type AgentStore,
  answeredBy,
  busy,
  type ClaimedRun,
  checkBranches,
  chosenIn,
  fileTooLarge,
  idTaken,
  MOST_FILE_BYTES,
  MOST_FILES,
  type ModelName,
  noSuchMessage,
  nothingToAnswer,
  notWaiting,
  pendingState,
  removedEvents,
  reordered,
  type StoredFile,
  saidBeforeEvents,
  settingsEvents,
  settledAnswer,
  steeredEvents,
} from '../store.ts'
import { createMemoryApprovals } from './memory-approvals.ts'
import { askedIn, type BranchedSession, branchesAt, createMemoryBranches, type StoredMessage, shownOf } from './memory-branches.ts'

interface StoredSession extends BranchedSession {
  info: SessionInfo
  ownerId: string | undefined
  runIds: string[]
}

interface StoredRun {
  id: string
  sessionId: string
  messageId: string
  answerId: string
  status: 'queued' | 'pending' | 'running' | 'waiting' | 'finished'
  mode: QueueMode
  epoch: number
  position: number
  endPosition: number
  createdAt: string
  finishedAt: number
  isCancelled: boolean
  /** Who answers, where that was said for this run. */
  model: string | undefined
}

interface NewRun {
  messageId: string
  mode?: QueueMode
  model?: string | undefined
  position: number
  createdAt: string
}

const ACTIVE = new Set<StoredRun['status']>(['pending', 'running', 'waiting'])
const PAGE = 50
const KEPT_MS = 60 * 60_000

/** Sessions, messages, runs and their log in this process: an agent that needs no database. */
export function createMemoryStore(): AgentStore {
  const sessions = new Map<string, StoredSession>()
  const runs = new Map<string, StoredRun>()
  const messageSessions = new Map<string, string>()
  const answerIds = new Set<string>()
  const bus = createMemoryBus()
  const log: EventLog = createEventLog(
    createMemoryStorage({
      hasSession: (id) => sessions.has(id),
      runningEpoch: (id) => {
        const run = runs.get(id)
        return run?.status === 'running' ? run.epoch : undefined
      },
      finishedBefore: (before) => finishedBefore(runs, before.getTime()),
    }),
    bus,
  )

  function sessionOf(sessionId: string): StoredSession {
    const session = sessions.get(sessionId)
    if (!session) throw new AppError('session-not-found', `There is no session ${sessionId}.`)
    return session
  }
  const runsOf = (session: StoredSession) => session.runIds.flatMap((id) => runs.get(id) ?? [])
  const activeOf = (session: StoredSession) => runsOf(session).find((run) => ACTIVE.has(run.status))
  const queuedOf = (session: StoredSession) =>
    runsOf(session)
      .filter((run) => run.status === 'queued')
      .sort((a, b) => a.position - b.position)

  function addRun(session: StoredSession, { messageId, mode = 'follow-up', model, position, createdAt }: NewRun): StoredRun {
    const status = activeOf(session) ? 'queued' : 'pending'
    const run: StoredRun = {
      id: newId(),
      sessionId: session.info.id,
      messageId,
      answerId: newId(),
      status,
      mode,
      epoch: 0,
      position,
      endPosition: 0,
      createdAt,
      finishedAt: 0,
      isCancelled: false,
      model,
    }
    runs.set(run.id, run)
    answerIds.add(run.answerId)
    session.runIds.push(run.id)
    return run
  }

  function acceptedOf(run: StoredRun, isNew: boolean): Accepted {
    return { messageId: run.messageId, runId: run.id, cursor: run.position, isNew, isRunnable: isNew && run.status === 'pending' }
  }

  /** Settled messages, without those that wait for their run. */
  function treeOf(session: StoredSession): MessageTree<StoredMessage> {
    const queued = new Set(queuedOf(session).map((run) => run.messageId))
    return new MessageTree(session.messages.filter(({ id }) => !queued.has(id)))
  }

  /** The last message of the branch that is shown: the one that is being answered, else the one that was chosen, else the newest. */
  function leafOf(session: StoredSession, tree: MessageTree<StoredMessage>): string | null {
    return activeOf(session)?.messageId ?? session.leafId ?? tree.newestBelow(null)
  }

  /** Something new is said: from here on the branch of the newest message is shown. */
  function touch(session: StoredSession, at: string): void {
    session.info = { ...session.info, updatedAt: at }
    session.leafId = null
  }

  function addMessage(
    session: StoredSession,
    message: Message,
    { position, parentId }: { position: number; parentId: string | null },
  ): void {
    session.messages.push({ id: message.id, parentId, position, isDeleted: false, deletedAt: 0, message })
  }

  /** The user message that another is to replace, now. Throws `not-found`, `conflict`. */
  function replacedIn(session: StoredSession, tree: MessageTree<StoredMessage>, messageId: string): StoredMessage {
    if (activeOf(session)) throw busy()
    const found = tree.get(messageId)
    if (found?.message.role !== 'user' || found.isDeleted) throw noSuchMessage()
    return found
  }

  /** Throws `conflict` when nothing was said. */
  function lastAsked(session: StoredSession, tree: MessageTree<StoredMessage>): StoredMessage {
    const last = tree.branchTo(leafOf(session, tree)).findLast(({ message }) => message.role === 'user')
    if (!last) throw nothingToAnswer()
    return last
  }

  /** Throws `conflict` when its turn has come meanwhile. */
  function removeQueued(run: StoredRun, by: ModelName): Promise<void> {
    return log.transact(run.sessionId, async (_tx, { at }) => {
      if (run.status !== 'queued') throw notWaiting()
      endQueued(run, at)
      run.isCancelled = true
      return { events: removedEvents(run, by, at), result: undefined }
    })
  }

  /** Its events stand among those of the run that is active, and are pruned with them. */
  function endQueued(run: StoredRun, at: string): void {
    const session = sessionOf(run.sessionId)
    session.messages = session.messages.filter(({ id }) => id !== run.messageId)
    Object.assign(run, { status: 'finished', finishedAt: Date.parse(at), endPosition: 0 })
  }

  function findQueued(sessionId: string, messageId: string): StoredRun {
    const found = runsOf(sessionOf(sessionId)).filter((run) => run.messageId === messageId)
    if (found.length === 0) throw new AppError('not-found', 'There is no such message in this session.')
    const queued = found.find((run) => run.status === 'queued')
    if (!queued) throw notWaiting()
    return queued
  }

  function messageOf(run: StoredRun): UserMessage {
    const message = sessionOf(run.sessionId).messages.find(({ id }) => id === run.messageId)?.message
    if (message?.role !== 'user') throw new TypeError(`The run ${run.id} has no message.`)
    return message
  }

  function checkClaim(claimed: ClaimedRun): StoredRun {
    const run = runs.get(claimed.id)
    if (run?.status !== 'running' || run.epoch !== claimed.epoch)
      throw new AppError('run-fenced', 'The run has another worker, or is over.')
    return run
  }

  async function stateOf(session: StoredSession, run: StoredRun): Promise<SessionState> {
    const entries = await log.read(session.info.id, run.position, Number.MAX_SAFE_INTEGER)
    return reduceAll(
      pendingState(session.info, run),
      entries.map((entry) => entry.event),
    )
  }

  const approvals = createMemoryApprovals({
    log,
    checkClaim,
    findRun: (id) => runs.get(id),
    ownerOf: (sessionId) => sessions.get(sessionId)?.ownerId ?? '',
  })
  const branches = createMemoryBranches({
    log,
    sessionOf,
    sessions: () => sessions.values(),
    treeOf,
    leafOf: (session) => leafOf(session, treeOf(session)),
    openMessagesOf: (session) => [activeOf(session), ...queuedOf(session)].flatMap((run) => run?.messageId ?? []),
  })
  const files = new Map<string, StoredFile>()

  return {
    log,
    ...approvals.store,
    ...branches,
    async createSession({ id = newId(), title = null, ownerId, ...given }) {
      const there = sessions.get(id)
      if (there && there.ownerId !== ownerId) throw idTaken('session')
      if (there) return there.info
      const at = new Date().toISOString()
      const settings = chosenIn(given)
      const info: SessionInfo = { id, title, createdAt: at, updatedAt: at, ...settings }
      sessions.set(info.id, { info, ownerId, messages: [], leafId: null, runIds: [] })
      await log.append(info.id, [{ type: 'session:created', title }, ...settingsEvents(settings)])
      return info
    },
    getSession: async (sessionId) => sessions.get(sessionId)?.info ?? null,
    listSessions: async () => [...sessions.values()].map((session) => session.info).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
    async deleteSession(sessionId) {
      const session = sessions.get(sessionId)
      if (!session) return false
      await log.append(sessionId, [{ type: 'session:deleted' }])
      for (const run of runsOf(session)) {
        answerIds.delete(run.answerId)
        runs.delete(run.id)
      }
      for (const { id } of session.messages) messageSessions.delete(id)
      approvals.forget(sessionId)
      for (const [id, file] of files) if (file.sessionId === sessionId) files.delete(id)
      return sessions.delete(sessionId)
    },
    async renameSession(sessionId, title, options) {
      const session = sessions.get(sessionId)
      if (!session) return null
      return log.transact(sessionId, async (_tx, { at }) => {
        if (options?.onlyUntitled && session.info.title !== null) return { events: [], result: session.info }
        session.info = { ...session.info, title, updatedAt: at }
        return { events: [{ type: 'session:title-updated', title }], result: session.info }
      })
    },
    async updateSettings(sessionId, settings) {
      const session = sessions.get(sessionId)
      if (!session) return null
      return log.transact(sessionId, async () => {
        session.info = { ...session.info, ...settings }
        return { events: [{ type: 'session:settings-updated', ...settings }], result: session.info }
      })
    },
    async acceptMessage({ sessionId, messageId, text, mode = 'follow-up', replaces }) {
      sessionOf(sessionId)
      const accepted = await log.transact<Accepted>(sessionId, async (_tx, { seq, at }) => {
        const session = sessionOf(sessionId)
        const before = messageSessions.get(messageId)
        if (before !== undefined && before !== sessionId)
          throw new AppError('conflict', 'This message id belongs to another session.', { field: 'id' })
        if (answerIds.has(messageId)) throw idTaken('message')
        const earlier = runsOf(session).find((run) => run.messageId === messageId)
        const said = session.messages.find(({ message }) => message.id === messageId)?.message
        if (said && textOf(said.parts) !== text) throw idTaken('message')
        if (earlier) return { events: [], result: acceptedOf(earlier, false) }
        const tree = treeOf(session)
        const parentId = replaces === undefined ? leafOf(session, tree) : replacedIn(session, tree, replaces).parentId
        const shownParentId = tree.branchTo(parentId).at(-1)?.id ?? null
        if (replaces !== undefined) checkBranches(tree.childrenOf(shownParentId).length)
        const parts = [{ type: 'text' as const, text }]
        const message: UserMessage = { id: messageId, role: 'user', parentId: shownParentId, createdAt: at, parts }
        const run = addRun(session, { messageId, mode, position: seq, createdAt: at })
        addMessage(session, message, { position: seq, parentId })
        touch(session, at)
        messageSessions.set(messageId, sessionId)
        const events: NewEvent[] = [{ type: 'message:created', runId: run.id, message }]
        if (run.status === 'queued') events.push({ type: 'message:queued', runId: run.id, messageId, mode })
        return { events, result: acceptedOf(run, true) }
      })
      await log.prune(new Date(Date.now() - KEPT_MS))
      return accepted
    },
    async regenerate({ sessionId, messageId, model }) {
      sessionOf(sessionId)
      return log.transact(sessionId, async (_tx, { seq, at }) => {
        const session = sessionOf(sessionId)
        if (activeOf(session)) throw busy()
        const tree = treeOf(session)
        const asked = messageId === undefined ? lastAsked(session, tree) : askedIn(tree, messageId)
        checkBranches(tree.childrenOf(asked.id).length)
        const run = addRun(session, { messageId: asked.id, model, position: seq, createdAt: at })
        touch(session, at)
        const { id: runId, answerId } = run
        return { events: [{ type: 'run:created', runId, messageId: asked.id, answerId }], result: acceptedOf(run, true) }
      })
    },
    async claimRun(runId, by) {
      const run = runs.get(runId)
      const session = run && sessions.get(run.sessionId)
      if (!run || !session) return null
      const isClaimed = await log.transact(run.sessionId, async () => {
        if (run.status !== 'pending' && run.status !== 'running') return { events: [], result: false }
        run.status = 'running'
        run.epoch += 1
        const { id, epoch, answerId, messageId } = run
        const begun = await stateOf(session, run)
        const model = typeof by === 'function' ? by({ ...session.info, ...(run.model && { model: run.model }) }, answeredBy(begun)) : by
        const started: NewEvent = { type: 'run:started', runId: id, ...model, messageId: answerId, parentId: messageId, epoch }
        const answers = epoch === 1 ? treeOf(session).childrenOf(messageId) : []
        return {
          events: [
            started,
            ...saidBeforeEvents(
              id,
              answers.map(({ message }) => message.parts),
            ),
          ],
          result: true,
        }
      })
      if (!isClaimed) return null
      const { id, sessionId, epoch, answerId, messageId, isCancelled, createdAt: startedAt } = run
      const history = shownOf(treeOf(session).branchTo(messageId))
      return { id, sessionId, epoch, answerId, messageId, isCancelled, startedAt, history, state: await stateOf(session, run) }
    },
    async finishRun(claimed: ClaimedRun, state, events) {
      return log.transact<{ next: string | null }>(claimed.sessionId, async (_tx, { seq, at }) => {
        const session = sessionOf(claimed.sessionId)
        const before = runs.get(claimed.id)
        if (before?.status === 'finished' && before.epoch === claimed.epoch) return { events: [], result: { next: null } }
        const run = checkClaim(claimed)
        approvals.close(claimed.id)
        const reached = foldEntries(state, await log.read(claimed.sessionId, state.cursor, Number.MAX_SAFE_INTEGER), { isLenient: true })
        const placed = events.map((event, index) => placeEvent(event, { sessionId: claimed.sessionId, seq: seq + index, at }))
        const answer = settledAnswer(reduceAll(reached, placed))
        Object.assign(run, { status: 'finished', finishedAt: Date.parse(at), endPosition: seq + events.length - 1 })
        if (answer) addMessage(session, answer, { position: seq, parentId: answer.parentId })
        touch(session, at)
        const [next] = queuedOf(session)
        if (!next) return { events, result: { next: null } }
        const parentId = leafOf(session, treeOf(session))
        // Its time counts from here: it may have waited for long.
        Object.assign(next, { status: 'pending', position: seq + events.length, createdAt: at })
        for (const stored of session.messages) {
          if (stored.id === next.messageId)
            Object.assign(stored, { position: next.position, parentId, message: { ...stored.message, parentId } })
        }
        return {
          events: [...events, { type: 'message:dequeued', runId: next.id, messageId: next.messageId, mode: 'follow-up' }],
          result: { next: next.id },
        }
      })
    },
    async requestCancel(runId, by) {
      const run = runs.get(runId)
      if (!run || run.status === 'finished') return 'over'
      if (run.status === 'queued') {
        await removeQueued(run, by)
        return 'noted'
      }
      run.isCancelled = true
      if (run.status !== 'waiting') return 'noted'
      run.status = 'pending'
      return 'runnable'
    },
    async activeRunId(sessionId) {
      return activeOf(sessionOf(sessionId))?.id ?? null
    },
    async snapshot(sessionId) {
      const session = sessions.get(sessionId)
      if (!session) return null
      const tree = treeOf(session)
      const branch = shownOf(tree.branchTo(leafOf(session, tree)))
      const run = activeOf(session)
      const messages = branch.slice(-PAGE)
      return {
        session: session.info,
        deleted: false,
        messages,
        branches: branchesAt(tree, messages, run),
        hasOlder: branch.length > PAGE,
        activeRun: run ? (await stateOf(session, run)).activeRun : null,
        queue: queuedOf(session).map((one) => ({ ...messageOf(one), mode: one.mode })),
        cursor: await log.head(sessionId),
      }
    },
    async takeSteering(claimed) {
      const isAsked = queuedOf(sessionOf(claimed.sessionId)).some((run) => run.mode === 'steer')
      if (!isAsked) return log.head(claimed.sessionId)
      return log.transact(claimed.sessionId, async (_tx, { seq, at }) => {
        checkClaim(claimed)
        const steering = queuedOf(sessionOf(claimed.sessionId)).filter((run) => run.mode === 'steer')
        const events = steering.flatMap((run) => steeredEvents(claimed, { ...run, message: messageOf(run) }, at))
        for (const run of steering) endQueued(run, at)
        return { events, result: seq + events.length - 1 }
      })
    },
    updateQueued: (sessionId, messageId, update) =>
      log.transact(sessionId, async () => {
        const run = findQueued(sessionId, messageId)
        const { text, mode } = update
        if (text !== undefined) {
          const stored = sessionOf(sessionId).messages.find(({ id }) => id === messageId)
          if (stored) stored.message = { ...messageOf(run), parts: [{ type: 'text', text }] }
        }
        if (mode !== undefined) run.mode = mode
        return { events: [{ type: 'message:updated', runId: run.id, messageId, ...update }], result: undefined }
      }),
    removeQueued: async (sessionId, messageId, by) => removeQueued(findQueued(sessionId, messageId), by),
    reorderQueue: (sessionId, messageIds) =>
      log.transact(sessionId, async () => {
        const before = queuedOf(sessionOf(sessionId))
        const places = before.map((run) => run.position)
        const after = reordered(before, messageIds)
        if (after.every((run, index) => run === before[index])) return { events: [], result: undefined }
        for (const [index, run] of after.entries()) run.position = places[index] ?? run.position
        return { events: [{ type: 'session:queue-reordered', messageIds: after.map((run) => run.messageId) }], result: undefined }
      }),
    async saveFile(sessionId, file) {
      sessionOf(sessionId)
      const count = [...files.values()].filter((one) => one.sessionId === sessionId).length
      if (file.data.byteLength > MOST_FILE_BYTES || count >= MOST_FILES) throw fileTooLarge()
      const id = newId()
      files.set(id, { ...file, ...(file.name !== undefined && { name: cleanText(file.name) }), sessionId })
      return id
    },
    getFile: async (id) => files.get(id) ?? null,
    async searchMessages(sessionId, query, limit) {
      const searched = [...sessions.values()].map((session) => ({
        info: session.info,
        ownerId: session.ownerId,
        messages: treeOf(session)
          .all()
          .map(({ message }) => message)
          // What is just being answered is no earlier conversation.
          .filter(({ id }) => id !== activeOf(session)?.messageId),
      }))
      return searchMessages(searched, { sessionId, query, limit })
    },
    async close() {
      await log.close()
      await bus.close()
    },
  }
}

function finishedBefore(runs: Map<string, StoredRun>, before: number): Map<string, number> {
  const ends = new Map<string, number>()
  for (const run of runs.values()) {
    if (run.status !== 'finished' || run.finishedAt >= before) continue
    ends.set(run.sessionId, Math.max(ends.get(run.sessionId) ?? 0, run.endPosition))
  }
  return ends
}
