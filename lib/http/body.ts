import 'server-only'
import type * as z from 'zod/mini'
import { AppError, MAX_BODY_BYTES } from '#lib/protocol/index.ts'

/** JSON deeper than this is refused before it is parsed: no request of ours goes past three. */
const DEEPEST = 32

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: z.core.$ZodError }
}

/** The request's JSON body, checked. Throws `AppError`s that name what to mend; an empty body is `{}`. */
export async function readBody<T>(request: Request, schema: Schema<T>): Promise<T> {
  const text = await readText(request)
  if (text !== '' && !/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new AppError('unsupported-media-type', 'Send JSON, with the header "Content-Type: application/json".')
  }
  return check(text === '' ? {} : parseJson(text), schema)
}

function check<T>(value: unknown, schema: Schema<T>): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.')
  const message =
    issue?.code === 'unrecognized_keys' ? `There is no field "${printable(issue.keys[0] ?? '')}".` : sentence(field, issue?.message)
  throw new AppError('invalid-request', message, field ? { field: printable(field) } : {})
}

async function readText(request: Request): Promise<string> {
  const announced = Number(request.headers.get('content-length'))
  if (announced > MAX_BODY_BYTES) throw tooLarge()
  if (!request.body) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  if (request.headers.has('content-length') && size !== announced)
    throw new AppError('invalid-request', 'The body is not as long as its Content-Length says.')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (error) {
    throw new AppError('invalid-request', 'The body is not valid UTF-8.', { cause: error })
  }
}

function parseJson(text: string): unknown {
  if (depthOf(text) > DEEPEST) throw new AppError('invalid-request', 'The JSON is nested too deeply.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('invalid-request', 'The body is not valid JSON.', { cause: error })
  }
}

/** Brackets inside strings do not count. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if (token === ']' || token === '}') depth -= 1
  }
  return deepest
}

function tooLarge(): AppError {
  return new AppError('payload-too-large', 'The body is larger than 1 MB.')
}

function sentence(field: string | undefined, message = 'is not valid'): string {
  return field
    ? `The field "${printable(field)}" ${/^[a-z]/.test(message) ? message : `is not valid: ${message}`}.`
    : `The body is not valid: ${message}.`
}

/** What someone sent, as it may stand in a message. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
}
