import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HttpServer {
  url: string
  /** Each request as `METHOD /path`, in order. */
  requests: string[]
  close(): Promise<void>
}

export interface Received {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
  response: ServerResponse
}

/** A server on a free port of the loopback address, which answers as the test says. */
export async function startHttpServer(answer: (request: Received) => void | Promise<void>): Promise<HttpServer> {
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers } = request
    requests.push(`${method} ${path.split('?')[0]}`)
    await answer({ method, path, headers, body: Buffer.concat(chunks).toString('utf8'), response })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Answers as a small MCP server with one tool, `work`. */
export function answerMcp({ method, body, response }: Received, sessionId?: string): void {
  if (method !== 'POST') return void response.writeHead(405).end()
  const message = JSON.parse(body) as { id?: number; method: string; params?: { protocolVersion?: string } }
  if (message.id === undefined) return void response.writeHead(202).end()
  const results: Record<string, unknown> = {
    initialize: {
      protocolVersion: message.params?.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'small', version: '1' },
    },
    'tools/list': { tools: [{ name: 'work', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'done' }] },
    ping: {},
  }
  const result = results[message.method]
  const reply = result ? { result } : { error: { code: -32601, message: 'Method not found' } }
  const isStart = message.method === 'initialize' && sessionId !== undefined
  sendJson(response, { jsonrpc: '2.0', id: message.id, ...reply }, 200, isStart ? { 'mcp-session-id': sessionId } : {})
}
