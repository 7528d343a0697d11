/** Every failure that Rill names. Codes are stable: clients may switch on them. */
export type ErrorCode =
  | 'invalid-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'too-many-queued'
  | 'unavailable'
  | 'internal'
  | 'not-started'
  | 'session-not-found'
  | 'run-fenced'
  | 'cancelled'
  | 'config-invalid'
  | 'data-folder-locked'
  | 'backup-refused'
  | 'backup-damaged'
  | 'reader-too-slow'
  | 'max-steps'
  | 'provider-auth'
  | 'provider-billing'
  | 'provider-model-not-found'
  | 'provider-context-too-long'
  | 'provider-bad-request'
  | 'provider-rate-limited'
  | 'provider-unavailable'
  | 'provider-unreachable'
  | 'provider-timeout'
  | 'provider-stalled'
  | 'provider-cut'
  | 'provider-malformed'
  | 'provider-error'

export interface AppErrorOptions {
  cause?: unknown
  /** The request field at fault, as a dotted path. */
  field?: string
  /** Trying the same again may work. */
  recoverable?: boolean
  /** What the other side asked us to wait, in ms; absent when it did not say. */
  retryAfterMs?: number
}

/** Next loads this module once for a server's start and once for its routes: the mark makes the two classes one. */
const MARK = Symbol.for('rill.AppError')

/** The one error class. `message` is safe to show: no secret, no stack, no path. */
export class AppError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && MARK in value
  }

  // First: Node 22.12 strips types to blanks, and after a value a bracket would go on with it.
  readonly [MARK] = true
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly recoverable: boolean
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
    this.recoverable = options.recoverable ?? false
    this.retryAfterMs = options.retryAfterMs
  }
}

/** Any thrown value as an AppError; what is not one becomes `internal` with the original as its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('internal', 'Something went wrong on the server. What was shown so far is kept.', {
    cause: thrown,
    recoverable: true,
  })
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  'invalid-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'session-not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'too-many-queued': 429,
  unavailable: 503,
  'not-started': 503,
}

/** The HTTP status and the public JSON body of an error. */
export function toHttpError(thrown: unknown): { status: number; body: ErrorBody } {
  const error = toAppError(thrown)
  const body: ErrorBody = { error: { code: error.code, message: error.message } }
  if (error.field !== undefined) body.error.field = error.field
  return { status: STATUS[error.code] ?? 500, body }
}

export interface ErrorBody {
  error: { code: ErrorCode; message: string; field?: string }
}
