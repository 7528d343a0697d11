import { describe, expect, it } from 'vitest'
import { modelFromEnv } from './index.ts'
import { plans } from './plans.ts'

describe('modelFromEnv', () => {
  it.each<[Record<string, string>, object]>([
    [{}, { provider: 'demo', model: 'demo' }],
    [{ OPENAI_API_KEY: 'k' }, { provider: 'openai', model: plans.openai.defaultModel, apiKey: 'k' }],
    [{ ANTHROPIC_API_KEY: 'k' }, { provider: 'anthropic', model: plans.anthropic.defaultModel, apiKey: 'k' }],
    [{ GOOGLE_GENERATIVE_AI_API_KEY: 'k' }, { provider: 'google', model: plans.google.defaultModel, apiKey: 'k' }],
    [{ OPENAI_BASE_URL: 'http://localhost:1/v1' }, { provider: 'openai-compatible', model: 'default', baseURL: 'http://localhost:1/v1' }],
    [
      { OPENAI_BASE_URL: 'http://localhost:1/v1', OPENAI_API_KEY: 'k' },
      { provider: 'openai-compatible', model: 'default', apiKey: 'k' },
    ],
    [
      { OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_API_KEY: 'k' },
      { provider: 'openai', baseURL: 'https://api.openai.com/v1' },
    ],
    [
      { ANTHROPIC_API_KEY: 'a', ANTHROPIC_BASE_URL: 'http://localhost:1/v1' },
      { provider: 'anthropic', baseURL: 'http://localhost:1/v1' },
    ],
    [{ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'a' }, { provider: 'openai' }],
    [
      { OPENAI_API_KEY: '  ', ANTHROPIC_API_KEY: ' a ' },
      { provider: 'anthropic', apiKey: 'a' },
    ],
    [
      { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'a', RILL_MODEL: 'anthropic/claude-x' },
      { provider: 'anthropic', model: 'claude-x', apiKey: 'a' },
    ],
    [
      { OPENAI_BASE_URL: 'http://localhost:1/v1', RILL_MODEL: 'openai-compatible/meta/llama' },
      { provider: 'openai-compatible', model: 'meta/llama' },
    ],
    [
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://localhost:1/v1', RILL_MODEL: 'openai/gpt-x' },
      { provider: 'openai', model: 'gpt-x', baseURL: 'http://localhost:1/v1' },
    ],
    [
      { OPENAI_API_KEY: 'k', RILL_MODEL: 'demo' },
      { provider: 'demo', model: 'demo' },
    ],
    [{ RILL_DEMO_TOKENS_PER_SECOND: '500' }, { provider: 'demo', tokensPerSecond: 500 }],
    [{ RILL_STALL_TIMEOUT_MS: '5000' }, { deadlines: { stallMs: 5_000, firstByteMs: 30_000 } }],
  ])('%o', (env, config) => {
    expect(modelFromEnv(env)).toMatchObject(config)
  })

  it('has no key and no address for the demo', () => {
    expect(modelFromEnv({ RILL_MODEL: 'demo', OPENAI_API_KEY: 'k' })).toEqual({ provider: 'demo', model: 'demo' })
  })

  it.each<[Record<string, string>, string, RegExp]>([
    [{ RILL_MODEL: 'gpt-5' }, 'RILL_MODEL', /provider\/model.*openai/],
    [{ RILL_MODEL: 'openai', OPENAI_API_KEY: 'k' }, 'RILL_MODEL', /names no model/],
    [{ RILL_MODEL: 'constructor/x' }, 'RILL_MODEL', /"constructor"/],
    [{ RILL_MODEL: 'openai/gpt-x' }, 'OPENAI_API_KEY', /is missing/],
    [{ RILL_MODEL: 'anthropic/claude-x', OPENAI_API_KEY: 'k' }, 'ANTHROPIC_API_KEY', /is missing/],
    [{ RILL_MODEL: 'google/gemini-x' }, 'GOOGLE_GENERATIVE_AI_API_KEY', /is missing/],
    [{ RILL_MODEL: 'openai-compatible/llama' }, 'OPENAI_BASE_URL', /is missing/],
    [{ OPENAI_BASE_URL: 'localhost:11434' }, 'OPENAI_BASE_URL', /http:\/\//],
    [{ ANTHROPIC_API_KEY: 'a', ANTHROPIC_BASE_URL: 'localhost:1' }, 'ANTHROPIC_BASE_URL', /http:\/\//],
    [{ OPENAI_BASE_URL: 'https://api.openai.com/v1' }, 'OPENAI_API_KEY', /is missing/],
    [{ RILL_FIRST_BYTE_TIMEOUT_MS: '30s' }, 'RILL_FIRST_BYTE_TIMEOUT_MS', /whole number/],
    [{ RILL_STALL_TIMEOUT_MS: '0' }, 'RILL_STALL_TIMEOUT_MS', /whole number/],
    [{ RILL_DEMO_TOKENS_PER_SECOND: '-1' }, 'RILL_DEMO_TOKENS_PER_SECOND', /whole number/],
  ])('refuses %o', (env, variable, message) => {
    const attempt = () => modelFromEnv(env)
    expect(attempt).toThrow(expect.objectContaining({ code: 'config-invalid', field: variable }))
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(variable)
  })
})
