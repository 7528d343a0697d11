// Run with: node examples/agent-with-tools.ts
// Two tools of its own, one of which asks first, and a real MCP server beside them. Without a key, the demo model calls what it is told to.
import { createInterface } from 'node:readline/promises'
import * as z from 'zod'
import { DextoAgent } from '#lib/agent/index.ts'
import { modelFromEnv } from '#lib/providers/index.ts'
import { tool } from '#lib/tools/index.ts'

const dice = tool({
  name: 'roll',
  description: 'Rolls dice, one after the other.',
  inputSchema: z.object({ dice: z.number().int().min(1).max(10), sides: z.number().int().min(2).default(6) }),
  async execute({ dice, sides }, { progress }) {
    const rolled: number[] = []
    for (let count = 1; count <= dice; count += 1) {
      rolled.push(1 + Math.floor(Math.random() * sides))
      progress({ text: `${rolled.at(-1)} `, done: count, total: dice })
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    return { rolled, sum: rolled.reduce((sum, one) => sum + one, 0) }
  },
})

const pay = tool({
  name: 'pay',
  description: 'Pays somebody.',
  inputSchema: z.object({ to: z.string(), amount: z.number().positive() }),
  needsApproval: ({ amount }) => amount > 5,
  execute: ({ to, amount }) => `Paid ${amount} to ${to}.`,
})

const everything = {
  command: process.execPath,
  args: ['node_modules/@modelcontextprotocol/server-everything/dist/index.js', 'stdio'],
  approval: { '*': 'always-allow' as const },
}

const agent = new DextoAgent({ llm: modelFromEnv(process.env), tools: [dice, pay], mcpServers: { everything } })
agent.on('llm:tool-progress', ({ toolName, text, done, total }) => console.log(`  ${toolName}: ${text ?? ''}${done ?? ''}/${total ?? ''}`))
agent.on('llm:tool-result', ({ toolName, result, error }) => console.log(`  ${toolName} →`, result ?? error))
agent.on('approval:request', async ({ approvalId, toolName, args }) => {
  const approved = await ask(`  ${toolName} ${JSON.stringify(args)}: run it? [y/N] `)
  await agent.respond(approvalId, approved ? { approved } : { approved, reason: 'Not this time' })
})

/** Where nobody can be asked, the answer is yes: this is an example. */
async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return true
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(question)
  terminal.close()
  return /^y/i.test(answer)
}

const DEMO = 'use roll {"dice": 3}\nuse pay {"to": "the winner", "amount": 10}\nuse everything__get-sum {"a": 2, "b": 40}'

await agent.start()
try {
  const answer = await agent.generate(process.argv[2] ?? DEMO)
  console.log(`\n${answer.content}`)
} finally {
  await agent.stop()
}
