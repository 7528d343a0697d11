import { createServer } from 'node:http'

/** The least that can be done: passes the provider's bytes on. No storage, no framework. */
const provider = process.env.OPENAI_BASE_URL ?? ''
const server = createServer(async (_request, response) => {
  const upstream = await fetch(`${provider}/chat/completions`, { method: 'POST', body: '{"stream":true}' })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for await (const bytes of upstream.body ?? []) response.write(bytes)
  response.end()
})
server.listen(Number(process.env.PORT), '127.0.0.1')
