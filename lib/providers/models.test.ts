import { expect, it } from 'vitest'
import { createModels, modelsFromEnv } from './index.ts'

const local = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }

it.each<[Record<string, string>, string, string[]]>([
  [{}, 'demo', ['demo']],
  [{ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'a', GOOGLE_GENERATIVE_AI_API_KEY: 'g' }, 'openai', ['openai', 'anthropic', 'google', 'demo']],
  [{ ...local, OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'a' }, 'openai-compatible', ['openai-compatible', 'anthropic', 'demo']],
  [{ OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_API_KEY: 'k' }, 'openai', ['openai', 'demo']],
  [{ ...local, OPENAI_API_KEY: 'k', RILL_MODEL: 'openai/gpt-x' }, 'openai', ['openai', 'demo']],
  [{ OPENAI_API_KEY: 'k', RILL_MODEL: 'demo' }, 'demo', ['demo', 'openai']],
])('%o has all providers that are configured, the chosen one first', (env, chosen, providers) => {
  const models = modelsFromEnv(env)
  expect(models.default.provider).toBe(chosen)
  expect(models.providers.map(({ provider }) => provider)).toEqual(providers)
  expect(models.small).toBeUndefined()
})

it('takes another model for titles and summaries, and refuses one that it cannot reach', () => {
  expect(modelsFromEnv({ OPENAI_API_KEY: 'k', RILL_SMALL_MODEL: 'openai/gpt-nano' }).small).toEqual({
    provider: 'openai',
    model: 'gpt-nano',
    apiKey: 'k',
  })
  expect(() => modelsFromEnv({ OPENAI_API_KEY: 'k', RILL_SMALL_MODEL: 'anthropic/claude-x' })).toThrow(
    /ANTHROPIC_API_KEY is missing.*RILL_SMALL_MODEL/,
  )
  expect(() => modelsFromEnv({ RILL_SMALL_MODEL: 'nobody/x' })).toThrow(/RILL_SMALL_MODEL names the provider "nobody"/)
})

it('is patient with every provider as it was told to be', () => {
  const { providers } = modelsFromEnv({ ANTHROPIC_API_KEY: 'a', RILL_STALL_TIMEOUT_MS: '5000' })
  for (const { deadlines } of providers) expect(deadlines?.stallMs).toBe(5_000)
})

it('makes a model once, the default under both of its names, and keeps no more than a hundred', () => {
  const models = createModels(modelsFromEnv({ ...local, ANTHROPIC_API_KEY: 'a' }))
  expect(models.get('openai-compatible/default')).toBe(models.default)
  const kept = models.get('openai-compatible/meta/llama')
  expect(kept).toMatchObject({ provider: 'openai-compatible', model: 'meta/llama' })
  for (let count = 0; count < 99; count += 1) models.get(`anthropic/claude-${count}`)
  expect(models.get('openai-compatible/meta/llama')).toBe(kept)
  const first = models.get('anthropic/claude-1')
  for (let count = 0; count < 100; count += 1) models.get(`openai-compatible/m${count}`)
  expect(models.get('anthropic/claude-1')).not.toBe(first)
})

it.each(['', '/', 'demo', 'demo/', 'google/gemini-x', '__proto__/x', 'Demo/demo'])('refuses %j, and names what there is', (name) => {
  const attempt = () => createModels(modelsFromEnv({ ANTHROPIC_API_KEY: 'a' })).get(name)
  expect(attempt).toThrow(expect.objectContaining({ code: 'invalid-request', field: 'model' }))
  expect(attempt).toThrow(/anthropic, demo/)
})
