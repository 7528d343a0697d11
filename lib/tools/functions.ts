import { convert, fail, plain, plainValue, type Quantity, radians, root } from './quantity.ts'
import { Decimal, DIGITS } from './units.ts'

/** Trigonometry of larger numbers takes unbounded time. */
const LARGEST_ANGLE = 1_000_000

export type NamedFunction = { arity: readonly [number, number]; apply(first: Quantity, ...more: Quantity[]): Quantity }

const one = (apply: (x: Quantity) => Quantity): NamedFunction => ({ arity: [1, 1], apply })
/** Takes and gives a plain number. */
const number = (name: string, apply: (x: Decimal) => Decimal): NamedFunction => one((x) => plain(apply(plainValue(x, `${name}()`))))
/** Works on the number, and leaves the unit. */
const keeping = (apply: (x: Decimal) => Decimal): NamedFunction => one((x) => ({ ...x, value: apply(x.value) }))
const angle = (apply: (x: Decimal) => Decimal): NamedFunction =>
  one((given) => {
    const x = radians(given)
    return plain(x.abs().gt(LARGEST_ANGLE) ? fail(`An angle must be at most ${LARGEST_ANGLE}`) : apply(x))
  })
const choice = (isBetter: (x: Decimal, best: Decimal) => boolean): NamedFunction => ({
  arity: [1, 100],
  apply: (first, ...more) => more.map((x) => convert(x, first)).reduce((best, x) => (isBetter(x.value, best.value) ? x : best), first),
})

/** By their names in small letters. */
export const FUNCTIONS = new Map<string, NamedFunction>([
  ['sqrt', one((x) => root(x, 2))],
  ['cbrt', one((x) => root(x, 3))],
  ['abs', keeping((x) => x.abs())],
  ['floor', keeping((x) => x.floor())],
  ['ceil', keeping((x) => x.ceil())],
  ['trunc', keeping((x) => x.trunc())],
  ['exp', number('exp', (x) => x.exp())],
  ['ln', number('ln', (x) => (x.gt(0) ? x.ln() : fail('A logarithm needs a number above 0')))],
  ['sin', angle((x) => x.sin())],
  ['cos', angle((x) => x.cos())],
  ['tan', angle((x) => x.tan())],
  ['log', { arity: [1, 2], apply: logarithm }],
  ['round', { arity: [1, 2], apply: round }],
  ['min', choice((x, best) => x.lt(best))],
  ['max', choice((x, best) => x.gt(best))],
])

export const CONSTANTS = new Map<string, Decimal>([
  ['pi', Decimal.acos(-1)],
  ['e', Decimal.exp(1)],
])

function logarithm(given: Quantity, givenBase: Quantity = plain(new Decimal(10))): Quantity {
  const [x, base] = [given, givenBase].map((one) => plainValue(one, 'log()')) as [Decimal, Decimal]
  if (!x.gt(0) || !base.gt(0) || base.eq(1)) fail('A logarithm needs numbers above 0, and a base other than 1')
  return plain(x.log(base))
}

/** Half away from zero, as people round. */
function round(x: Quantity, given: Quantity = plain(new Decimal(0))): Quantity {
  const digits = plainValue(given, 'The number of digits')
  if (!digits.isInteger() || digits.lt(0) || digits.gt(DIGITS)) fail(`round() takes 0 to ${DIGITS} digits`)
  return { ...x, value: x.value.toDecimalPlaces(digits.toNumber(), Decimal.ROUND_HALF_UP) }
}
