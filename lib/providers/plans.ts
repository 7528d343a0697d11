import { anthropic } from './anthropic.ts'
import { demo } from './demo.ts'
import { google } from './google.ts'
import type { ModelConfig } from './model.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import type { ProviderPlan } from './plan.ts'

export const plans: Record<ModelConfig['provider'], ProviderPlan> = {
  openai,
  'openai-compatible': openaiCompatible,
  anthropic,
  google,
  demo,
}

export function isProvider(name: string): name is ModelConfig['provider'] {
  return Object.hasOwn(plans, name)
}
