import {
  AppError,
  type ErrorBody,
  type Message,
  message,
  type SendMessageResponse,
  type SessionInfo,
  type Snapshot,
  sessionState,
} from '#lib/protocol/index.ts'
import { untilStayed } from './leaving.ts'

export interface ListedSession extends SessionInfo {
  active: boolean
}

export interface SessionPage {
  sessions: ListedSession[]
  nextCursor: string | null
}

export interface MessagePage {
  messages: Message[]
  hasOlder: boolean
}

/** A request that is not answered by then has failed; what it asked for may have happened. */
const TIMEOUT_MS = 30_000

/** Calls to Rill's API. Each throws an `AppError`: `unavailable` when the server was not reached. */
export const api = {
  createSession: () => call<SessionInfo>('POST', '/api/sessions', {}),
  listSessions: (cursor?: string) =>
    call<SessionPage>('GET', `/api/sessions${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`),
  snapshot: async (sessionId: string): Promise<Snapshot> => sessionState.parse(await call('GET', `/api/sessions/${sessionId}`)),
  async messagesBefore(sessionId: string, messageId: string): Promise<MessagePage> {
    const page = await call<MessagePage>('GET', `/api/sessions/${sessionId}/messages?before=${messageId}`)
    return { messages: page.messages.map((one) => message.parse(one)), hasOlder: page.hasOlder }
  },
  renameSession: (sessionId: string, title: string) => call<SessionInfo>('PATCH', `/api/sessions/${sessionId}`, { title }),
  deleteSession: (sessionId: string) => call<void>('DELETE', `/api/sessions/${sessionId}`),
  restoreSession: (sessionId: string) => call<SessionInfo>('POST', `/api/sessions/${sessionId}/restore`),
  sendMessage: (sessionId: string, id: string, text: string) =>
    call<SendMessageResponse>('POST', `/api/sessions/${sessionId}/messages`, { id, text }),
  retry: (sessionId: string) => call<SendMessageResponse>('POST', `/api/sessions/${sessionId}/retry`),
  cancelRun: (runId: string) => call<{ runId: string }>('POST', `/api/runs/${runId}/cancel`),
}

export type Api = typeof api

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) }
  if (body !== undefined) Object.assign(init, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const response = await fetch(path, init).catch(async (error: unknown) => {
    await untilStayed()
    throw new AppError('unavailable', 'The server cannot be reached.', { cause: error, recoverable: true })
  })
  if (!response.ok) throw await errorOf(response)
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function errorOf(response: Response): Promise<AppError> {
  const recoverable = response.status >= 500
  const isJson = response.headers.get('content-type')?.includes('application/json')
  if (!isJson) return new AppError('unavailable', `The server answered with status ${response.status}.`, { recoverable })
  const { error } = (await response.json()) as ErrorBody
  return new AppError(error.code, error.message, { recoverable, ...(error.field !== undefined && { field: error.field }) })
}
