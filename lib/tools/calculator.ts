import * as z from 'zod'
import { evaluate } from './expression.ts'
import { tool } from './tool.ts'

/** Arithmetic with exact decimals. */
export const calculator = tool({
  name: 'calculator',
  description:
    'Evaluates an arithmetic expression exactly: + - * / % ^, parentheses, and the functions sqrt, abs, round, floor, ceil, min, max.',
  inputSchema: z.object({ expression: z.string().min(1).max(1_000).describe('For example "0.1 + 0.2" or "round(sqrt(2) * 100)"') }),
  repeatable: true,
  execute: ({ expression }) => ({ expression, result: evaluate(expression) }),
})
