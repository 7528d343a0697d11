import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { AssistantMessage, Message, Part } from '#lib/protocol/index.ts'
import { createModel, type ModelConfig, type ModelEvent } from './index.ts'
import { ask, question, userSays } from './testing/ask.ts'

const mock = new LLMock({ port: 0 })
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => mock.reset())

const tools = [{ name: 'look_up', description: 'Looks up.', inputSchema: { type: 'object', properties: { word: { type: 'string' } } } }]
const MODELS: [ModelConfig['provider'], string, string][] = [
  ['openai', 'gpt-5.4', '/v1'],
  ['anthropic', 'claude-sonnet-5-5', '/v1'],
  ['google', 'gemini-4-argon', '/v1beta'],
  ['openai-compatible', 'local', '/v1'],
]

interface AnthropicBody {
  messages: { content: { type: string; id?: string; tool_use_id?: string }[] }[]
}

/** The answer's parts, as the log folds them: reasoning and text in order, each call with its result. */
function partsOf(events: readonly ModelEvent[]): Part[] {
  const parts: Part[] = []
  for (const event of events) {
    const metadata = 'metadata' in event && event.metadata && { metadata: event.metadata }
    if (event.type === 'text' || event.type === 'reasoning') {
      const last = parts.at(-1)
      if (last?.type === event.type) Object.assign(last, { text: last.text + event.delta }, metadata)
      else if (event.type === 'text') parts.push({ type: 'text', text: event.delta, ...metadata })
      else parts.push({ type: 'reasoning', text: event.delta, startedAt: '', ...metadata })
    }
    if (event.type === 'tool-call') {
      const { callId, toolName, input } = event
      const done = { status: 'completed', args: JSON.parse(input), result: { meaning: 'a small stream' }, durationMs: 1 } as const
      parts.push({ type: 'tool', callId, toolName, ...done, ...metadata })
    }
  }
  return parts
}

it.each([MODELS, MODELS.toReversed()])('reasoning and calls of each provider go along to the next: from %s', async (...order) => {
  mock.on(
    { hasToolResult: false },
    {
      reasoning: 'I should look it up.',
      content: 'Let me see.',
      toolCalls: [{ name: 'look_up', arguments: '{"word":"rill"}', id: 'call:1/x' }],
    },
  )
  mock.on(
    { predicate: ({ messages }) => messages.at(-1)?.role === 'user' && messages.length > 1 },
    { reasoning: 'Once more.', content: 'Let me see.', toolCalls: [{ name: 'look_up', arguments: '{"word":"rill"}', id: 'call:1/x' }] },
  )
  mock.on({ predicate: ({ messages }) => messages.at(-1)?.role === 'tool' }, { reasoning: 'Now I know.', content: 'It is a small stream.' })

  const messages: Message[] = []
  const bodies: string[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    bodies.push(String(init?.body))
    return globalThis.fetch(input, init)
  }
  for (const [provider, model, path] of order) {
    const asked = createModel({ provider, model, apiKey: 'k', baseURL: mock.url + path }, { fetch })
    messages.push(userSays(`What is a rill? asks ${provider}`))
    const answer: AssistantMessage = {
      ...{ id: `a-${provider}`, role: 'assistant', parentId: messages.at(-1)?.id ?? null, createdAt: '', runId: 'r', joints: [] },
      ...{ provider, model, parts: [] },
    }
    for (const step of ['calls', 'answers']) {
      const { events, error } = await ask(asked, question('', { messages: [...messages, answer], tools, reasoningEffort: 'high' }))
      expect(error, `${provider} ${step}`).toBeUndefined()
      answer.parts.push(...partsOf(events))
    }
    expect(answer.parts.map(({ type }) => type).filter((type) => type !== 'reasoning')).toEqual(['text', 'tool', 'text'])
    messages.push(answer)
  }
  // Anthropic refuses an id with other characters, Google takes its own signatures only.
  const toAnthropic = bodies.filter((body) => body.includes('"tool_use"')).map((body) => JSON.parse(body) as AnthropicBody)
  const foreign = toAnthropic.flatMap((body) => body.messages.slice(0, -3).flatMap(({ content }) => content))
  for (const { type, id, tool_use_id } of foreign) {
    expect(id ?? tool_use_id ?? '').toMatch(/^[\w-]*$/)
    expect(type).not.toMatch(/thinking/)
  }
  // All that was said is there at the end; no other provider's marks are.
  const last = bodies.at(-1) ?? ''
  expect(last.match(/asks [a-z-]+/g)).toHaveLength(4)
  expect(last.match(/a small stream/g)?.length).toBeGreaterThanOrEqual(4)
  for (const [provider] of order.slice(0, -1)) expect(last).not.toContain(`"${provider}":{`)
})
