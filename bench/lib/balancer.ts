import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Balancer {
  url: string
  /** Where requests go, in turn. */
  targets: string[]
  close(): Promise<void>
}

/** A round-robin proxy on loopback: each request goes to the next target; one that does not answer is passed over. */
export async function startBalancer(targets: string[]): Promise<Balancer> {
  let turn = 0
  const server = createServer(async (incoming, outgoing) => {
    const body = await readAll(incoming)
    // From its own turn on: others take theirs meanwhile.
    const first = turn++
    for (let tries = 0; tries < balancer.targets.length; tries += 1) {
      const target = balancer.targets[(first + tries) % balancer.targets.length] as string
      if (await forward(target, incoming, body, outgoing)) return
    }
    outgoing.writeHead(502).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const balancer: Balancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return balancer
}

/** False when the target did not answer, or is going away. */
function forward(target: string, incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { ...incoming.headers, 'content-length': body.length }
    const passedOn = request(target + incoming.url, { method: incoming.method, headers, agent: false }, (answer) => {
      if (answer.statusCode === 503) {
        answer.resume()
        return resolve(false)
      }
      resolve(true)
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      // A target that dies in mid-answer breaks the answer here too, and a reader that leaves is gone there.
      answer.on('close', () => answer.complete || outgoing.destroy())
      outgoing.on('close', () => passedOn.destroy())
    })
    passedOn.on('error', () => resolve(false))
    passedOn.end(body)
  })
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const bytes of incoming) chunks.push(bytes as Buffer)
  return Buffer.concat(chunks)
}
