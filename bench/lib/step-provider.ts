import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeServer } from './provider.ts'

export interface StepScript {
  /** Calls of the tool, one a step, before the answer. */
  steps: number
  toolName: string
  argsOf: (step: number) => string
  /** Characters of arguments a delta. Default: all at once. */
  deltaSize?: number
  /** Between two pieces, in ms. Default 5. */
  everyMs?: number
}

export interface StepProvider {
  /** What `OPENAI_BASE_URL` takes. */
  url: string
  /** The text of the answer. */
  text: string
  /** Lets no answer begin after the calls, until the function that it returns is called. */
  hold(): () => void
  close(): Promise<void>
}

const WORDS = Array.from({ length: 20 }, (_, index) => `w${index} `)

/** A provider in OpenAI's chat format on loopback: it calls a tool step after step, whatever comes of it, then answers. */
export async function startStepProvider(script: StepScript): Promise<StepProvider> {
  let held: Promise<void> | undefined
  const server = createServer((request, response) => void answer(request, response, script, () => held))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    text: WORDS.join(''),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return () => {
        held = undefined
        resolve()
      }
    },
    close: () => closeServer(server),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: StepScript,
  held: () => Promise<void> | undefined,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const bytes of request) chunks.push(bytes as Buffer)
  if (request.url?.endsWith('/models')) {
    response.setHeader('content-type', 'application/json')
    response.end('{"data":[{"id":"steps"}]}')
    return
  }
  const { messages } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { messages: { role: string }[] }
  const sinceUser = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1)
  const step = sinceUser.filter(({ role }) => role === 'tool').length
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (step >= script.steps) await held()
  for (const choice of step < script.steps ? callOf(step, script) : WORDS.map((content) => ({ delta: { content } }))) {
    if (response.destroyed) return
    response.write(chunkOf(choice))
    const everyMs = script.everyMs ?? 5
    if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  response.write(chunkOf({ delta: {}, finish_reason: step < script.steps ? 'tool_calls' : 'stop' }))
  response.end('data: [DONE]\n\n')
}

function* callOf(step: number, { toolName, argsOf, deltaSize }: StepScript): Generator<object> {
  const args = argsOf(step)
  yield { delta: { tool_calls: [{ index: 0, id: `call_${step}`, type: 'function', function: { name: toolName, arguments: '' } }] } }
  for (let start = 0; start < args.length; start += deltaSize ?? args.length) {
    yield { delta: { tool_calls: [{ index: 0, function: { arguments: args.slice(start, start + (deltaSize ?? args.length)) } }] } }
  }
}

function chunkOf(choice: object): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'steps', choices: [{ index: 0, ...choice }] })}\n\n`
}
