import * as z from 'zod'
import { evaluate, LONGEST_EXPRESSION, mentionsUnits } from './expression.ts'
import { tool } from './tool.ts'
import { loadUnits } from './units.ts'

const input = z.object({
  expression: z
    .string()
    .min(1)
    .max(LONGEST_EXPRESSION)
    .describe('For example "(12.5 + 7) * 3 ^ 2", "round(sqrt(2), 4)", "3 ft in cm" or "12 km / 2 h in m/s". No thousands separators.'),
})

/** Exact decimal arithmetic, also with units, so that models need not guess. */
export const calculator = tool({
  name: 'calculator',
  description:
    'Calculates with exact decimals, and converts units. Operators: + - * / % (remainder; after a number alone: percent) ^ and parentheses. ' +
    'Functions: sqrt, cbrt, abs, min, max, round(x, digits), floor, ceil, trunc, ln, log(x, base), exp, sin, cos, tan. Constants: pi, e. ' +
    'A unit stands after its number (5 ft 11 in, 20 degC, 3 kWh, 2 m/s^2); "to" or "in" and a unit at the end converts. No currencies.',
  inputSchema: input,
  repeatable: true,
  execute: async ({ expression }) => ({
    expression,
    result: evaluate(expression, mentionsUnits(expression) ? await loadUnits() : undefined),
  }),
})
