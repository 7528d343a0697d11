// An MCP server over stdio with one tool, which notes each of its executions in the file that COUNT_FILE names before it answers.
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const TOOL = {
  name: 'count',
  description: 'Notes that it ran.',
  inputSchema: { type: 'object', properties: { run: { type: 'string' }, step: { type: 'number' } }, required: ['run', 'step'] },
}

const handlers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'counter', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [TOOL] }),
  async 'tools/call'({ arguments: { run, step } }) {
    appendFileSync(process.env.COUNT_FILE, `${run} ${step}\n`)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
    return { content: [{ type: 'text', text: `counted ${step}` }] }
  },
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  const handle = handlers[method]
  const answer = handle ? { result: await handle(params) } : { error: { code: -32601, message: `There is no ${method}.` } }
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`)
})
