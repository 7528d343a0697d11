import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PaceProvider {
  url: string
  /** Answers that are being written. */
  active(): number
  /** Ends all answers properly. */
  finish(): void
  close(): Promise<void>
}

/**
 * A provider in OpenAI's chat format whose answers go on until they are finished: each of `perSecond` deltas a second is the
 * moment of its writing in microseconds, so that a reader in this process can tell how long it was under way.
 */
export async function startPaceProvider(perSecond: number): Promise<PaceProvider> {
  const answers = new Map<ServerResponse, NodeJS.Timeout>()
  const server = createServer((request, response) => {
    request.resume()
    if (request.url?.endsWith('/models')) {
      response.setHeader('content-type', 'application/json')
      response.end('{"data":[{"id":"scripted"}]}')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // Streams must not beat in step.
    const first = setTimeout(
      () => {
        const timer = setInterval(() => response.write(chunk({ delta: { content: `${now()} ` } })), 1_000 / perSecond)
        answers.set(response, timer)
      },
      Math.random() * (1_000 / perSecond),
    )
    answers.set(response, first)
    response.on('close', () => {
      clearTimeout(answers.get(response))
      answers.delete(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    active: () => answers.size,
    finish() {
      for (const [response, timer] of answers) {
        clearTimeout(timer)
        response.end(`${chunk({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`)
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** This process's clock in whole microseconds. */
export function now(): number {
  return Math.round(performance.now() * 1_000)
}

function chunk(choice: object): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [{ index: 0, ...choice }] })}\n\n`
}
