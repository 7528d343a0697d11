import { AppError, type SessionState, toAppError, type UpdateQueuedRequest } from '#lib/protocol/index.ts'
import type { Api } from './api.ts'
import { isShown, movedBy, type QueueChange, shownQueue } from './queue-changes.ts'

/** `gone`: its turn has come, or it was removed; nothing was changed. */
export type QueueOutcome = 'done' | 'gone'

export interface QueueEditor {
  /** Throws an `AppError` when it is not known whether it was done. */
  update(messageId: string, update: UpdateQueuedRequest): Promise<QueueOutcome>
  remove(messageId: string): Promise<QueueOutcome>
  /** Up (-1) or down (1) by one place. */
  move(messageId: string, by: -1 | 1): Promise<QueueOutcome>
  /** Whether what was asked for need not be shown any more, now that the log shows this queue, another than before. */
  isOver(queue: SessionState['queue'], change: QueueChange): boolean
}

export interface QueueEditorOptions {
  sessionId: string
  api: Pick<Api, 'updateQueued' | 'removeQueued' | 'reorderQueue'>
  /** The newest that is known. */
  queue: () => SessionState['queue']
  changes: () => readonly QueueChange[]
  onChanges: (changes: QueueChange[]) => void
}

/** Asks for changes of what waits, one after the other, in the order in which the user made them. */
export function createQueueEditor({ sessionId, api, queue, changes, onChanges }: QueueEditorOptions): QueueEditor {
  let last: Promise<unknown> = Promise.resolve()
  const answered = new WeakSet<QueueChange>()

  function ask(change: QueueChange, request: () => Promise<unknown>): Promise<QueueOutcome> {
    const before = change.type === 'order' ? changes().filter(({ type }) => type !== 'order') : changes()
    onChanges([...before, change])
    const asked = last.then(() => settle(change, request))
    // Who asked is told of a failure; what comes after it goes on.
    last = asked.catch(() => undefined)
    return asked
  }

  async function settle(change: QueueChange, request: () => Promise<unknown>): Promise<QueueOutcome> {
    try {
      await request()
      answered.add(change)
      // Else it stays until the log shows it: there is no moment at which the old is shown again.
      if (isShown(queue(), change)) drop(change)
      return 'done'
    } catch (error) {
      drop(change)
      const { code } = toAppError(error)
      if (code === 'not-found' || code === 'conflict') return 'gone'
      throw error
    }
  }

  function drop(change: QueueChange): void {
    if (changes().includes(change)) onChanges(changes().filter((one) => one !== change))
  }

  return {
    // What was done and is not shown was overtaken by what another tab asked for.
    isOver: (shown, change) => answered.has(change) || isShown(shown, change),
    update: (messageId, update) => ask({ type: 'update', messageId, ...update }, () => api.updateQueued(sessionId, messageId, update)),
    remove: (messageId) => ask({ type: 'remove', messageId }, () => api.removeQueued(sessionId, messageId)),
    move(messageId, by) {
      const messageIds = movedBy(shownQueue(queue(), changes()), messageId, by)
      if (!messageIds) return Promise.reject(new AppError('conflict', 'It cannot be moved any further.'))
      return ask({ type: 'order', messageIds }, () => api.reorderQueue(sessionId, messageIds))
    },
  }
}
