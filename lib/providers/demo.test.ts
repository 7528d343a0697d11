import { describe, expect, it } from 'vitest'
import type { AssistantMessage, Part } from '#lib/protocol/index.ts'
import { builtInTools } from '#lib/tools/index.ts'
import { createModel, type ModelEvent } from './index.ts'
import { ask, question, userSays } from './testing/ask.ts'

const model = createModel({ provider: 'demo', model: 'demo', tokensPerSecond: 0 })
const tools = builtInTools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))

async function callsFor(text: string) {
  const { events } = await ask(model, question(text, { tools }))
  return events.flatMap((event) => (event.type === 'tool-call' ? [[event.toolName, JSON.parse(event.input)]] : []))
}

describe('the demo model', () => {
  it('says that it is a demo and how to connect a real model', async () => {
    const { text, error } = await ask(model, 'Tell me about whales')
    expect(error).toBeUndefined()
    expect(text).toContain('Tell me about whales')
    for (const word of [
      'demo model',
      'OPENAI_API_KEY',
      'ANTHROPIC_API_KEY',
      'GOOGLE_GENERATIVE_AI_API_KEY',
      'OPENAI_BASE_URL',
      'RILL_MODEL',
    ])
      expect(text).toContain(word)
  })

  it('says the same to the same', async () => {
    expect((await ask(model, 'Why is the sky blue?')).events).toEqual((await ask(model, 'Why is the sky blue?')).events)
  })

  it('streams many small deltas, and counts them', async () => {
    const { events, text } = await ask(model, 'Write a long story')
    expect(text.length).toBeGreaterThan(3_000)
    const deltas = events.filter((event) => event.type === 'text')
    expect(Math.max(...deltas.map((event) => event.delta.length))).toBeLessThan(40)
    const last = events.at(-1)
    expect(last).toMatchObject({ type: 'finish', finishReason: 'stop', usage: { outputTokens: deltas.length } })
    expect(last?.type === 'finish' && last.usage.inputTokens).toBeGreaterThan(0)
  })

  // A pattern that takes quadratic time takes minutes for this, more than a test has.
  it.each(['(', '1,', '?', ')'])('takes a question of 100,000 times %j in its stride', async (piece) => {
    const { error } = await ask(model, question(`1+1${piece.repeat(100_000)}x`, { tools }))
    expect(error).toBeUndefined()
  })

  it('thinks first when asked to', async () => {
    const { events } = await ask(model, 'Explain why tides happen')
    expect(events[0]?.type).toBe('reasoning')
    expect(events.some((event) => event.type === 'text')).toBe(true)
  })

  it.each([
    ['Hello!', /^Hello!/],
    ['Show me some code', /```ts/],
    ['Compare them in a table', /\| what happens \|/],
    ['Give me a list', /\n- /],
    ['emoji 👩‍👩‍👧‍👦 and "quotes" | pipes', /👩‍👩‍👧‍👦/],
  ])('%s', async (asked, answer) => {
    expect((await ask(model, asked)).text).toMatch(answer)
  })

  it.each([
    ['What is 12.5 * 8?', '12.5 * 8'],
    ['Please add 2 plus 3', '2 + 3'],
    ['1,200 x 3', '1200 * 3'],
    ['what is 15% of 80', '15% * 80'],
    ['(2 + 3) * 4 =', '(2 + 3) * 4'],
    ['it is (so I think 7 / 2) fine', '7 / 2'],
    ['the square root of 144', 'sqrt(144)'],
  ])('asks the calculator: %s', async (asked, expression) => {
    expect(await callsFor(asked)).toEqual([['calculator', { expression }]])
  })

  it.each([
    ['What time is it?', {}],
    ['what time is it in Tokyo?', { timeZone: 'Asia/Tokyo' }],
    ["What's the date in America/New_York", { timeZone: 'America/New_York' }],
  ])('asks the clock: %s', async (asked, input) => {
    expect(await callsFor(asked)).toEqual([['current_time', input]])
  })

  it.each(['On 2026-11-23 it rained', 'Three times a day', 'I have 3 cats and 2 dogs', 'version 1.2.3', 'Hello'])(
    'asks no tool: %s',
    async (asked) => {
      expect(await callsFor(asked)).toEqual([])
    },
  )

  it('asks for both at once, and for none that is not offered', async () => {
    expect(await callsFor('What is 2 + 2, and what time is it?')).toHaveLength(2)
    const { events } = await ask(model, 'What is 2 + 2?')
    expect(events.some((event) => event.type === 'tool-call')).toBe(false)
  })

  it('uses what a tool said', async () => {
    const parts: Part[] = [
      {
        type: 'tool',
        callId: 'c',
        toolName: 'calculator',
        status: 'completed',
        args: {},
        result: { expression: '2 + 2', result: '4' },
        durationMs: 1,
      },
    ]
    const answer: AssistantMessage = {
      id: 'a',
      role: 'assistant',
      parentId: 'u',
      createdAt: '',
      runId: 'r',
      joints: [],
      provider: 'demo',
      model: 'demo',
      parts,
    }
    const { text, events } = await ask(model, question('', { messages: [userSays('What is 2 + 2?'), answer], tools }))
    expect(text).toContain('`2 + 2` is **4**')
    expect(events.some((event) => event.type === 'tool-call')).toBe(false)
  })

  it('says nothing before its time, and stops without waiting for it', async () => {
    const ofAnHourAToken = createModel({ provider: 'demo', model: 'demo', tokensPerSecond: 1 / 3_600 })
    const controller = new AbortController()
    const reason = new Error('Stop')
    setTimeout(() => controller.abort(reason), 50)
    const said: ModelEvent[] = []
    const reading = (async () => {
      for await (const event of ofAnHourAToken.stream(question('Hello', { signal: controller.signal }))) said.push(event)
    })()
    await expect(reading).rejects.toBe(reason)
    expect(said).toEqual([])
  })
})
