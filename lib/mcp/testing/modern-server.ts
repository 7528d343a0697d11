import { createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { type HttpServer, startHttpServer } from './http-server.ts'

/** A server of the newest protocol, which has no sessions, no ping, and asks by its results. */
export async function startModernServer(): Promise<HttpServer & { aborted: () => number }> {
  let description = 'Says it again.'
  let aborted = 0
  const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] })
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'modern', version: '1' }, { capabilities: { tools: { listChanged: true } } })
    server.registerTool('echo', { description, inputSchema: z.object({ message: z.string() }) }, async ({ message }) => text(message))
    server.registerTool('ask', { description: 'Asks.', inputSchema: z.object({}) }, async (_, { mcpReq }) => {
      const answer = mcpReq.inputResponses?.name
      if (answer !== undefined) return text(JSON.stringify(answer))
      const requestedSchema = { type: 'object' as const, properties: { name: { type: 'string' as const } } }
      return inputRequired({ inputRequests: { name: inputRequired.elicit({ message: 'Who?', requestedSchema }) } })
    })
    server.registerTool('change', { description: 'Changes.', inputSchema: z.object({}) }, async () => {
      description = 'Another one.'
      handler.notify.toolsChanged()
      return text('changed')
    })
    server.registerTool('hang', { description: 'Hangs.', inputSchema: z.object({}) }, async (_, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken
      if (progressToken !== undefined)
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1, total: 2 } })
      await new Promise<void>((resolve) => mcpReq.signal.addEventListener('abort', () => resolve(), { once: true }))
      aborted += 1
      return text('ended')
    })
    return server
  })
  const server = await startHttpServer(async ({ method, path, headers, body, response }) => {
    const left = new AbortController()
    response.on('close', () => left.abort())
    const given = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
    const init = { method, headers: given, signal: left.signal, ...(body !== '' && { body }) }
    const answer = await handler.fetch(new Request(new URL(path, server.url), init))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    for await (const chunk of answer.body ?? []) response.write(chunk)
    response.end()
  })
  return { ...server, aborted: () => aborted }
}
