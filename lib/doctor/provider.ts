import 'server-only'
import { newId, type UserMessage } from '#lib/protocol/index.ts'
import { createModel } from '#lib/providers/index.ts'
import type { Check, Subject } from './check.ts'

/** Asks the model for a word, as the agent would, and hangs up at the first piece of the answer. */
export function providerCheck({ config, ignored = new Map() }: Subject): Check {
  return {
    name: 'provider',
    limitMs: 20_000,
    change: 'Check again: a local model may still be loading. Else check the network and the address.',
    async look(signal) {
      if (config.model.provider === 'demo')
        return {
          status: 'ok',
          found: 'the demo model, which needs none',
          change: 'For a real model set OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY or OPENAI_BASE_URL.',
        }
      const model = createModel(config.model)
      const began = performance.now()
      const said = model.stream({ messages: [greeting()], tools: [], signal })
      for await (const _ of said) break
      const found = `the model ${model.provider}/${model.model} began to answer after ${Math.round(performance.now() - began)} ms`
      return { status: 'ok', found: found + ignoredSince(ignored) }
    },
  }
}

/** A newer provider's events: nothing is wrong, but something may be missing. */
function ignoredSince(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return ''
  return `; unknown and ignored since the start: ${[...counts].map(([what, count]) => `${count} × ${what}`).join(', ')}`
}

function greeting(): UserMessage {
  const parts: UserMessage['parts'] = [{ type: 'text', text: 'Say ok.' }]
  return { id: newId(), role: 'user', parentId: null, createdAt: new Date().toISOString(), parts }
}
