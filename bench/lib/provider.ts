import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createNetServer } from 'node:net'

export interface ProviderScript {
  /** Deltas of one answer. */
  deltas: number
  perSecond: number
  /** The text of the n-th delta. Default: a numbered word. */
  textOf?: (index: number) => string
}

export interface ScriptedProvider {
  /** What `OPENAI_BASE_URL` takes. */
  url: string
  /** The text of a whole answer. */
  text: string
  /** Answers that are being written. */
  active: number
  requests: number
  /** What it lists. */
  models: string[]
  /** Answers lists of models with this status instead, until it is null again. */
  listFailure: number | null
  /** What the last conversation was asked with; names for conversations are not among them. */
  lastAsked: { model: string; reasoningEffort: string | undefined } | null
  /** Answers the next requests with this status instead. */
  failNext(status: number, times: number): void
  /** Lets no answer go beyond this many deltas, until the function that it returns is called. */
  hold(deltas: number): () => void
  close(): Promise<void>
}

/**
 * A provider in OpenAI's chat format on loopback, which writes the same answer to everyone at an even pace, a fifth of it
 * for who asks to have it slowly. */
export async function startProvider({ deltas, perSecond, textOf = (index) => `w${index} ` }: ProviderScript): Promise<ScriptedProvider> {
  const texts = Array.from({ length: deltas }, (_, index) => textOf(index))
  const failures: number[] = []
  let held: { deltas: number; released: Promise<void> } | undefined
  const provider: ScriptedProvider = {
    url: '',
    text: texts.join(''),
    active: 0,
    requests: 0,
    models: ['scripted'],
    listFailure: null,
    lastAsked: null,
    failNext: (status, times) => failures.push(...Array.from({ length: times }, () => status)),
    hold(deltas) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = { deltas, released: promise }
      return () => {
        held = undefined
        resolve()
      }
    },
    close: () => closeServer(server),
  }
  const mayWrite = (index: number) => (held && index >= held.deltas ? held.released : undefined)
  const server = createServer((request, response) => void answer(request, response, { provider, failures, texts, perSecond, mayWrite }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return provider
}

interface AnswerOptions {
  provider: ScriptedProvider
  failures: number[]
  texts: string[]
  perSecond: number
  /** What a delta has to wait for. */
  mayWrite: (index: number) => Promise<void> | undefined
}

async function answer(request: IncomingMessage, response: ServerResponse, options: AnswerOptions): Promise<void> {
  const { provider, failures, texts, perSecond, mayWrite } = options
  const body = await readAll(request)
  if (request.url?.endsWith('/models')) {
    response.writeHead(provider.listFailure ?? 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(provider.listFailure ? { error: { message: 'scripted failure' } } : { data: provider.models.map((id) => ({ id })) }),
    )
    return
  }
  provider.requests += 1
  const failure = failures.shift()
  if (failure !== undefined) {
    response.writeHead(failure, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"error":{"message":"scripted failure"}}')
    return
  }
  const isTitle = body.includes('Name this conversation')
  const { model, reasoning_effort: reasoningEffort } = JSON.parse(body) as { model: string; reasoning_effort?: string }
  if (!isTitle) provider.lastAsked = { model, reasoningEffort }
  provider.active += 1
  response.on('close', () => {
    provider.active -= 1
  })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const rate = body.includes('slowly') ? perSecond / 5 : perSecond
  const began = performance.now()
  for (const [index, content] of (isTitle ? ['Scripted title'] : texts).entries()) {
    const due = began + (index * 1_000) / rate - performance.now()
    if (due > 1) await new Promise((resolve) => setTimeout(resolve, due))
    await mayWrite(index)
    if (response.destroyed) return
    response.write(chunk({ delta: { content } }))
  }
  response.write(chunk({ delta: {}, finish_reason: 'stop' }))
  response.end('data: [DONE]\n\n')
}

function chunk(choice: object): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [{ index: 0, ...choice }] })}\n\n`
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const bytes of request) chunks.push(bytes as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Ends a server with its connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** A port of this machine that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createNetServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
