import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ReasoningEffort } from '#lib/protocol/index.ts'
import { createModel, type ModelConfig } from './index.ts'
import { ask, question } from './testing/ask.ts'
import { chatAnswer, chatCompletion, json } from './testing/chat-format.ts'
import { type ScriptedProvider, startScriptedProvider } from './testing/scripted-provider.ts'

let provider: ScriptedProvider
let refused: string[]
beforeEach(async () => {
  provider = await startScriptedProvider()
  refused = []
})
afterEach(() => provider.close())

const make = (more: Partial<ModelConfig> = {}) =>
  createModel(
    { provider: 'openai-compatible', model: 'scripted', apiKey: 'k', baseURL: provider.baseURL, ...more },
    { onRefused: (what, by) => refused.push(`${by}: ${what}`) },
  )
const think = (reasoningEffort: ReasoningEffort) => question('Hello', { reasoningEffort })
const efforts = () => provider.requests.map(({ body }) => (body as { reasoning_effort?: string }).reasoning_effort)

it.each<[ModelConfig['provider'], string, ReasoningEffort, object]>([
  ['openai', 'gpt-5.4', 'high', { reasoning: { effort: 'high', summary: 'auto' } }],
  ['openai', 'gpt-5.4', 'none', { reasoning: { effort: 'none' } }],
  ['openai', 'gpt-5.4', 'minimal', { reasoning: { effort: 'low' } }],
  ['anthropic', 'claude-opus-4-6', 'medium', { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }],
  ['anthropic', 'claude-opus-4-6', 'none', { thinking: { type: 'disabled' } }],
  ['anthropic', 'claude-sonnet-4-5', 'high', { thinking: { type: 'enabled' } }],
  ['google', 'gemini-2.5-flash', 'none', { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }],
  ['google', 'gemini-3-pro-preview', 'high', { generationConfig: { thinkingConfig: { thinkingLevel: 'high', includeThoughts: true } } }],
  ['openai-compatible', 'x', 'low', { reasoning_effort: 'low' }],
])('%s is told how much %s shall think: %s', async (name, model, effort, body) => {
  provider.play(json(401, {}))
  await ask(make({ provider: name, model }), think(effort))
  expect(provider.requests[0]?.body).toMatchObject(body)
})

it.each([['gpt-4.1'], ['future-1']])('OpenAI is not told where %s cannot think', async (model) => {
  provider.play(json(401, {}))
  await ask(make({ provider: 'openai', model }), think('high'))
  expect(provider.requests[0]?.body).not.toHaveProperty('reasoning')
})

it('a server that refuses an effort is asked without it, and not told again', async () => {
  provider.play(json(400, { error: { message: '"llama3" does not support thinking' } }), () => chatAnswer(['ok']))
  const model = make()
  expect(await ask(model, think('high'))).toMatchObject({ text: 'ok', error: undefined })
  expect(await ask(model, think('high'))).toMatchObject({ text: 'ok' })
  expect(efforts()).toEqual(['high', undefined, undefined])
  expect(refused).toEqual(['openai-compatible: the reasoning effort "high" for scripted'])
  await ask(model, think('low'))
  expect(efforts().at(-1)).toBe('low')
})

it('so is one that refuses streams too', async () => {
  provider.play(
    json(400, { error: { message: 'stream must be false: streaming is not supported' } }),
    json(422, { error: { message: 'unknown field reasoning_effort' } }),
    chatCompletion('whole'),
  )
  expect(await ask(make(), think('medium'))).toMatchObject({ text: 'whole', error: undefined })
  expect(efforts()).toEqual(['medium', 'medium', undefined])
})

it.each([
  { message: 'The context is too long.' },
  // As Google says it: every detail has a "reason".
  { message: 'API key not valid.', details: [{ reason: 'API_KEY_INVALID' }] },
])('what was refused for another reason is not asked again: %j', async (error) => {
  provider.play(json(400, { error }))
  expect((await ask(make(), think('high'))).error).toBeDefined()
  expect(efforts()).toEqual(['high'])
  expect(refused).toEqual([])
})

it('nobody is told anything where nothing was chosen', async () => {
  provider.play(chatAnswer(['ok']))
  await ask(make())
  expect(provider.requests[0]?.body).not.toHaveProperty('reasoning_effort')
})
