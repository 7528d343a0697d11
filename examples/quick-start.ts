// Run with: node examples/quick-start.ts "What is 0.1 + 0.2?"
import { DextoAgent } from '#lib/agent/index.ts'
import { modelFromEnv } from '#lib/providers/index.ts'

const agent = new DextoAgent({ llm: modelFromEnv(process.env) })
await agent.start()

const session = await agent.createSession()
for await (const event of await agent.stream(process.argv[2] ?? 'What is 0.1 + 0.2?', { sessionId: session.id })) {
  if (event.type === 'llm:chunk' && event.chunkType === 'text') process.stdout.write(event.content)
  if (event.type === 'llm:tool-call') console.log(`\n[${event.toolName}]`, event.args)
}
console.log()
await agent.stop()
