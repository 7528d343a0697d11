import type { RillEvent } from './events.ts'
import type { Message } from './messages.ts'
import type { SessionState } from './state.ts'

type Branch = Pick<SessionState, 'messages' | 'branches' | 'hasOlder'>

/** In `branches`: what the conversation begins with follows nothing. */
export const ROOT = ''

/**
 * The conversation up to a message that something new follows: what stood behind it is not shown any more, and `branches` says that
 * it is there. Costs nothing where the conversation goes on at its end. When the parent is not loaded, nothing is left: see
 * `needsSnapshot`.
 */
export function branchedAt({ messages, branches, hasOlder }: Branch, parentId: string | null, childId: string): Branch {
  const key = parentId ?? ROOT
  const last = messages.at(-1)
  if (!last || (last.id === parentId && !branches[key])) return { messages, branches, hasOlder }
  const index = parentId === null ? -1 : messages.findLastIndex((message) => message.id === parentId)
  if (parentId !== null && index < 0) return { messages: [], branches: {}, hasOlder: true }
  const kept = messages.slice(0, index + 1)
  const next = messages[index + 1]
  const children = new Set(branches[key] ?? (next ? [next.id] : [])).add(childId)
  return {
    messages: kept,
    branches: { ...branchesOf(kept, branches), ...(children.size > 1 && { [key]: [...children] }) },
    hasOlder: parentId !== null && hasOlder,
  }
}

/** What followed the messages follows what they followed. */
export function withoutMessages({ messages, branches }: Branch, messageIds: readonly string[]): Pick<Branch, 'messages' | 'branches'> {
  const gone = new Set(messageIds)
  const kept: Message[] = []
  for (const message of messages) {
    if (gone.has(message.id)) continue
    const parentId = message === messages[0] ? message.parentId : (kept.at(-1)?.id ?? messages[0]?.parentId ?? null)
    kept.push(parentId === message.parentId ? message : { ...message, parentId })
  }
  const left = Object.entries(branches)
    .map(([parentId, ids]): [string, string[]] => [parentId, ids.filter((id) => !gone.has(id))])
    .filter(([, ids]) => ids.length > 1)
  return { messages: kept, branches: branchesOf(kept, Object.fromEntries(left)) }
}

/** Of these branches, those at the messages' parents and at the last one. */
function branchesOf(messages: readonly Message[], branches: SessionState['branches']): SessionState['branches'] {
  const parents = new Set(messages.map(({ parentId }) => parentId ?? ROOT)).add(messages.at(-1)?.id ?? ROOT)
  return Object.fromEntries(Object.entries(branches).filter(([parentId]) => parents.has(parentId)))
}

/** True when an event changes the conversation to what the log does not say: a reader goes on from a fresh snapshot. */
export function needsSnapshot(state: SessionState, event: RillEvent): boolean {
  if (event.seq <= state.cursor) return false
  switch (event.type) {
    case 'session:branch-selected':
    case 'message:deleted':
    case 'message:restored':
      return true
    case 'message:created':
      return !state.activeRun && isNotLoaded(state, event.message.parentId)
    case 'run:created':
      return isNotLoaded(state, event.messageId)
    case 'run:started':
      return isNotLoaded(state, event.parentId)
    default:
      return false
  }
}

function isNotLoaded({ messages, hasOlder }: SessionState, parentId: string | null): boolean {
  const last = messages.at(-1)
  if (!last || last.id === parentId) return false
  return parentId === null ? hasOlder : messages.every((message) => message.id !== parentId)
}
