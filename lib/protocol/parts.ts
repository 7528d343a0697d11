import type { Part, Usage } from './messages.ts'

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/** The sum of two usages; what neither says stays unsaid. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
  }
  for (const key of ['reasoningTokens', 'cachedInputTokens'] as const) {
    if (a[key] !== undefined || b[key] !== undefined) sum[key] = (a[key] ?? 0) + (b[key] ?? 0)
  }
  return sum
}

/** All text of a message, in order; what `llm:response` carries as `content`. */
export function textOf(parts: readonly Part[]): string {
  let text = ''
  for (const one of parts) if (one.type === 'text') text += one.text
  return text
}

/** All reasoning of a message, in order; empty when there is none. */
export function reasoningOf(parts: readonly Part[]): string {
  let text = ''
  for (const one of parts) if (one.type === 'reasoning') text += one.text
  return text
}
