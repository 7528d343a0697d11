import {
  AppError,
  type ApprovalRequest,
  type CreateSessionRequest,
  type ErrorBody,
  MESSAGE_PAGE_SIZE,
  type ModelsResponse,
  type Rating,
  type RegenerateRequest,
  type SendMessageRequest,
  type SendMessageResponse,
  type SessionInfo,
  type SessionPage,
  type Snapshot,
  type UpdateQueuedRequest,
} from '#lib/protocol/index.ts'
import { untilStayed } from './leaving.ts'
import { type McpServer, readMcpServers } from './mcp-server.ts'
import type { ModelSettings } from './model-settings.ts'
import { shapeOf } from './shape.ts'
import { readDecisions, type ToolDecision } from './tool-decision.ts'
import { noteVersion } from './version.ts'

export type { ListedSession, SessionPage } from '#lib/protocol/index.ts'

export type MessagePage = Pick<Snapshot, 'messages' | 'branches' | 'hasOlder'>

/** A request that is not answered by then has failed; what it asked for may have happened. */
const TIMEOUT_MS = 30_000
/**
 * Of a proxy whose server is away, or broke off. Soon there is one again, as after a 503: of a server that is being replaced, or of a
 * proxy that has none to pass on to.
 */
const PASSED_ON = new Set([502, 504])
const LONGEST_WAIT_MS = 5_000

/** Calls to Rill's API. Each throws an `AppError`: `unavailable` when the server was not reached, or did not come back in 30 s. */
export const api = {
  createSession: (asked: CreateSessionRequest) => call<SessionInfo>('POST', '/api/sessions', asked),
  updateSession: (sessionId: string, settings: Partial<ModelSettings>) =>
    call<SessionInfo>('PATCH', `/api/sessions/${sessionId}`, settings),
  models: () => call<ModelsResponse>('GET', '/api/models'),
  listSessions: (cursor?: string) =>
    call<SessionPage>('GET', `/api/sessions${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`),
  snapshot: async (sessionId: string): Promise<Snapshot> => withBranches(await call<Snapshot>('GET', `/api/sessions/${sessionId}`)),
  messagesBefore: async (sessionId: string, messageId: string, limit = MESSAGE_PAGE_SIZE): Promise<MessagePage> =>
    withBranches(await call<MessagePage>('GET', `/api/sessions/${sessionId}/messages?before=${messageId}&limit=${limit}`)),
  /** The messages before one of them, on its branch, that say a text, newest first. */
  find: (sessionId: string, text: string, before: string) =>
    call<{ messageIds: string[]; hasMore: boolean }>(
      'GET',
      `/api/sessions/${sessionId}/find?text=${encodeURIComponent(text)}&before=${before}`,
    ),
  renameSession: (sessionId: string, title: string) => call<SessionInfo>('PATCH', `/api/sessions/${sessionId}`, { title }),
  deleteSession: (sessionId: string) => call<void>('DELETE', `/api/sessions/${sessionId}`),
  restoreSession: (sessionId: string) => call<SessionInfo>('POST', `/api/sessions/${sessionId}/restore`),
  sendMessage: (sessionId: string, message: SendMessageRequest) =>
    call<SendMessageResponse>('POST', `/api/sessions/${sessionId}/messages`, message),
  /** Of a message that waits. `not-found` or `conflict`: its turn has come. The same with the two that follow. */
  updateQueued: (sessionId: string, messageId: string, update: UpdateQueuedRequest) =>
    call<unknown>('PATCH', `/api/sessions/${sessionId}/queue/${messageId}`, update),
  removeQueued: (sessionId: string, messageId: string) => call<void>('DELETE', `/api/sessions/${sessionId}/queue/${messageId}`),
  reorderQueue: (sessionId: string, messageIds: string[]) => call<unknown>('PUT', `/api/sessions/${sessionId}/queue`, { messageIds }),
  /** `conflict`: another decision was first, or it has expired. */
  decide: (approvalId: string, decision: ApprovalRequest) => call<{ approved: boolean }>('POST', `/api/approvals/${approvalId}`, decision),
  toolDecisions: async (): Promise<ToolDecision[]> => readDecisions(await call('GET', '/api/decisions')),
  forgetDecision: (decisionId: string) => call<void>('DELETE', `/api/decisions/${decisionId}`),
  mcpServers: async (): Promise<McpServer[]> => readMcpServers(await call('GET', '/api/mcp')),
  signInToMcp: (name: string) => call<{ url: string }>('POST', `/api/mcp/${encodeURIComponent(name)}/sign-in`),
  /** `conflict`: the session is busy. */
  regenerate: (sessionId: string, asked: RegenerateRequest) =>
    call<SendMessageResponse>('POST', `/api/sessions/${sessionId}/regenerate`, asked),
  /** `conflict`: the session is busy. */
  selectBranch: (sessionId: string, messageId: string) => call<unknown>('POST', `/api/sessions/${sessionId}/branch`, { messageId }),
  /** The ids of what was deleted, to be given to `restoreMessages`. `conflict`: it is being answered. */
  deletePair: async (sessionId: string, messageId: string) =>
    (await call<{ messageIds: string[] }>('DELETE', `/api/sessions/${sessionId}/messages/${messageId}`)).messageIds,
  restoreMessages: (sessionId: string, messageIds: string[]) =>
    call<unknown>('POST', `/api/sessions/${sessionId}/messages/restore`, { messageIds }),
  rate: (sessionId: string, messageId: string, rating: Rating | null) =>
    call<unknown>('PUT', `/api/sessions/${sessionId}/messages/${messageId}/rating`, { rating }),
  retry: (sessionId: string) => call<SendMessageResponse>('POST', `/api/sessions/${sessionId}/retry`),
  cancelRun: (runId: string) => call<{ runId: string }>('POST', `/api/runs/${runId}/cancel`),
}

export type Api = typeof api

/** True when a call failed because the server was not reached, nothing came back, or it did not come back in time: it may work later. */
export function isUnreached(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable' && error.recoverable
}

/** A server of an earlier version knows of no branches. */
function withBranches<Page extends MessagePage>(page: Omit<Page, 'branches'> & Partial<Pick<Page, 'branches'>>): Page {
  return { ...page, branches: page.branches ?? {} } as Page
}

/** A call to the API, as those of `api` are: for what only late parts of the page ask. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const deadline = performance.now() + TIMEOUT_MS
  for (;;) {
    const response = await request(method, path, body, deadline - performance.now())
    noteVersion(response)
    if (response.ok) return (response.status === 204 ? undefined : await response.json().catch(unreached)) as T
    const waitMs = waitOf(response)
    const comesBack = response.status === 503 || (PASSED_ON.has(response.status) && mayRepeat(method, body))
    if (!comesBack || performance.now() + waitMs > deadline) throw await errorOf(response)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

async function request(method: string, path: string, body: unknown, timeoutMs: number): Promise<Response> {
  const init: RequestInit = { method, cache: 'no-store', signal: AbortSignal.timeout(Math.max(0, timeoutMs)) }
  if (body !== undefined) Object.assign(init, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  return fetch(path, init).catch(unreached)
}

async function unreached(cause: unknown): Promise<never> {
  await untilStayed()
  throw new AppError('unavailable', 'The server cannot be reached.', { cause, recoverable: true })
}

/** What a proxy passed on may have been done, though the answer was lost: is it the same when it is done twice? */
function mayRepeat(method: string, body: unknown): boolean {
  return method !== 'POST' || shapeOf(body)?.id !== undefined
}

/** What the server asks for, in seconds; else one. */
function waitOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after')) || 1
  return Math.min(seconds * 1_000, LONGEST_WAIT_MS)
}

async function errorOf(response: Response): Promise<AppError> {
  const recoverable = response.status >= 500
  const isJson = response.headers.get('content-type')?.includes('application/json')
  if (!isJson) return new AppError('unavailable', `The server answered with status ${response.status}.`, { recoverable })
  const { error } = (await response.json()) as ErrorBody
  return new AppError(error.code, error.message, { recoverable, ...(error.field !== undefined && { field: error.field }) })
}
