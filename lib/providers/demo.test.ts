import { describe, expect, it } from 'vitest'
import { type AssistantMessage, cleanJson, type Part } from '#lib/protocol/index.ts'
import { builtInTools, createSearchConversations, createWebFetch, type Tool } from '#lib/tools/index.ts'
import { testContext } from '#lib/tools/testing/context.ts'
import { createModel, type ModelEvent } from './index.ts'
import { ask, question, userSays } from './testing/ask.ts'

const model = createModel({ provider: 'demo', model: 'demo', tokensPerSecond: 0 })
const tools = specsOf(builtInTools)
const search = createSearchConversations(async (_session, query) => [
  { sessionId: 's', title: 'Sea', messageId: 'm', role: 'user', at: '', excerpt: `I like ${query} <b>` },
])
const all = [...builtInTools, search, createWebFetch()]

function specsOf(list: readonly Tool[]) {
  return list.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
}

async function callsFor(text: string, offered = tools) {
  const { events } = await ask(model, question(text, { tools: offered }))
  return events.flatMap((event) => (event.type === 'tool-call' ? [[event.toolName, JSON.parse(event.input)]] : []))
}

/** Asks, runs the tools that are called, and asks again, until there is an answer. */
async function converse(text: string, offered: readonly Tool[]): Promise<{ steps: [string, unknown][][]; text: string }> {
  const parts: Part[] = []
  const steps: [string, unknown][][] = []
  for (;;) {
    const messages = [userSays(text), ...(parts.length > 0 ? [answerOf(parts)] : [])]
    const outcome = await ask(model, question('', { messages, tools: specsOf(offered) }))
    const calls = outcome.events.filter((event) => event.type === 'tool-call')
    if (calls.length === 0) return { steps, text: outcome.text }
    steps.push(calls.map(({ toolName, input }) => [toolName, JSON.parse(input)]))
    for (const { callId, toolName, input } of calls) {
      const tool = offered.find(({ name }) => name === toolName) as Tool
      const args = tool.parse(JSON.parse(input))
      const result = cleanJson(await tool.execute(args, testContext()))
      parts.push({ type: 'tool', callId, toolName, status: 'completed', args: JSON.parse(input), result, durationMs: 1 })
    }
    if (steps.length > 10) throw new Error('The demo does not come to an end.')
  }
}

function answerOf(parts: Part[]): AssistantMessage {
  const from = { id: 'a', parentId: 'u', createdAt: '', runId: 'r', joints: [], provider: 'demo', model: 'demo' }
  return { ...from, role: 'assistant', parts }
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

  it.each([
    'How to use tools in steps',
    'How many whales are there in 3 oceans?',
    'On 2026-11-23 it rained',
    'Three times a day',
    'I have 3 cats and 2 dogs',
    'version 1.2.3',
    'Hello',
  ])('asks no tool: %s', async (asked) => {
    expect(await callsFor(asked)).toEqual([])
  })

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
    const { text, events } = await ask(model, question('', { messages: [userSays('What is 2 + 2?'), answerOf(parts)], tools }))
    expect(text).toContain('`2 + 2` is **4**')
    expect(events.some((event) => event.type === 'tool-call')).toBe(false)
  })

  it.each([
    ['convert 3 ft to cm', '3 ft to cm', '91.44 cm'],
    ['Please convert 1,200 lbs into kg.', '1200 lbs to kg', '544.310844 kg'],
    ['how many km is 26.2 miles?', '26.2 miles to km', '42.1648128 km'],
    ['What is 20 °C in °F', '20 °C to °F', '68 °F'],
    ['how many minutes are in 2.5 hours', '2.5 hours to minutes', '150 minutes'],
  ])('converts units: %s', async (asked, expression, result) => {
    const { steps, text } = await converse(asked, builtInTools)
    expect(steps).toEqual([[['calculator', { expression }]]])
    expect(text).toContain(`**${result}**`)
  })

  it.each([
    ['Make a todo list and work out 17% of 1,240', '17% * 1240', '210.8'],
    ['Plan my day in steps', '5 / (240 / min) in s', '1.25 s'],
  ])('works in several steps: %s', async (asked, expression, result) => {
    const { steps, text } = await converse(asked, builtInTools)
    expect(steps.map((calls) => calls.map(([name]) => name))).toEqual([['todo'], ['calculator'], ['todo'], ['todo']])
    expect(steps[1]).toEqual([['calculator', { expression }]])
    const lists = steps.flat().flatMap(([name, args]) => (name === 'todo' ? [(args as { items: { status: string }[] }).items] : []))
    expect(lists.map((items) => items.map(({ status }) => status))).toEqual([
      ['in-progress', 'pending', 'pending'],
      ['done', 'done', 'in-progress'],
      ['done', 'done', 'done'],
    ])
    expect(text).toContain('All 3 steps of the list are done.')
    expect(text).toContain(`**${result}**`)
  })

  it.each([
    ['search my conversations for "blue whales"', 'blue whales'],
    ['What did I say about whales?', 'whales'],
  ])('searches: %s', async (asked, query) => {
    expect(await callsFor(asked)).toEqual([])
    const { steps, text } = await converse(asked, all)
    expect(steps).toEqual([[['search_conversations', { query }]]])
    expect(text).toContain(`- You, in “Sea”: I like ${query} b`)
  })

  it.each([
    ['fetch https://example.org/a?b=1', 'https://example.org/a?b=1'],
    ['Please (read the page http://example.org/x).', 'http://example.org/x'],
  ])('reads pages where it may: %s', async (asked, url) => {
    expect(await callsFor(asked)).toEqual([])
    expect(await callsFor(asked, specsOf(all))).toEqual([['web_fetch', { url }]])
  })

  it('calls any tool by its name, several side by side', async () => {
    const asked = 'use calculator {"expression": "6 * 7"}\nUse todo {"items": []}\nuse current_time'
    expect((await converse(asked, builtInTools)).steps).toEqual([
      [
        ['calculator', { expression: '6 * 7' }],
        ['todo', { items: [] }],
        ['current_time', {}],
      ],
    ])
    const { events } = await ask(model, question('use calculator {"expression": ', { tools }))
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool-call', toolName: 'calculator', input: '{"expression":' }))
    const { text } = await ask(model, question('use everything__echo {"message": "x"}', { tools }))
    expect(text).toContain('There is no tool `everything__echo` here. The tools are: `calculator`')
    expect((await ask(model, question('use typescript', { tools }))).text).toContain('You asked about')
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
