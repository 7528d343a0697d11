import { onTestFinished } from 'vitest'
import type { RillEvent } from '#lib/protocol/index.ts'
import { type AgentOptions, DextoAgent } from '../agent.ts'
import { createMemoryStore } from '../memory/memory-store.ts'
import { type Action, scriptedModel } from './scripted-model.ts'

/** An agent of the test's own with a session, on a model that plays what it is given; stopped when the test is over. */
export async function startAgent(calls: Action[][], options: Partial<AgentOptions> = {}) {
  const model = scriptedModel(...calls)
  const store = options.store ?? createMemoryStore()
  const agent = new DextoAgent({ llm: model, store, retry: { maxAttempts: 3, baseMs: 1 }, ...options })
  onTestFinished(() => agent.stop())
  await agent.start()
  // With a title of its own, no model call goes to naming it.
  const { id: sessionId } = await agent.createSession({ title: 'Test' })
  return { agent, model, store, sessionId }
}

export async function all(events: AsyncIterable<RillEvent>): Promise<RillEvent[]> {
  const seen: RillEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

/** Resolves with the next event of a type. */
export function next<T extends RillEvent['type']>(agent: DextoAgent, type: T): Promise<Extract<RillEvent, { type: T }>> {
  return new Promise((resolve) => agent.once(type, (event) => resolve(event as Extract<RillEvent, { type: T }>)))
}
