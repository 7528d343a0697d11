import * as z from 'zod'
import { evaluate, LONGEST_EXPRESSION } from './expression.ts'
import { tool } from './tool.ts'

const input = z.object({
  expression: z
    .string()
    .min(1)
    .max(LONGEST_EXPRESSION)
    .describe('For example "(12.5 + 7) * 3 ^ 2" or "round(sqrt(2), 4)". No thousands separators.'),
})

/** Exact decimal arithmetic, so that models need not guess. */
export const calculator = tool({
  name: 'calculator',
  description:
    'Calculates with exact decimals. Operators: + - * / % (remainder; after a number alone: percent) ^ and parentheses. ' +
    'Functions: sqrt, cbrt, abs, min, max, round(x, digits), floor, ceil, trunc, ln, log(x, base), exp, sin, cos, tan. Constants: pi, e.',
  inputSchema: input,
  repeatable: true,
  execute: ({ expression }) => ({ expression, result: evaluate(expression) }),
})
