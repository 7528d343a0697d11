import { Decimal as DefaultDecimal } from 'decimal.js'

export const LONGEST_EXPRESSION = 1_000
const DEEPEST = 100
const DIGITS = 30
/** Trigonometry of larger numbers takes unbounded time. */
const LARGEST_ANGLE = 1_000_000

/** Ten guard digits; a result beyond 10^±10,000 becomes infinite or zero instead of taking for ever. */
const Decimal = DefaultDecimal.clone({ precision: DIGITS + 10, maxE: 10_000, minE: -10_000, toExpNeg: -21, toExpPos: 41 })
type Decimal = DefaultDecimal

type Function = { arity: readonly [number, number]; apply(...args: Decimal[]): Decimal }

const one = (apply: (x: Decimal) => Decimal): Function => ({ arity: [1, 1], apply })
const angle = (apply: (x: Decimal) => Decimal): Function =>
  one((x) => (x.abs().gt(LARGEST_ANGLE) ? fail(`An angle must be at most ${LARGEST_ANGLE}`) : apply(x)))

const FUNCTIONS = new Map<string, Function>([
  ['sqrt', one((x) => (x.isNegative() && !x.isZero() ? fail('There is no real square root of a negative number') : x.sqrt()))],
  ['cbrt', one((x) => x.cbrt())],
  ['abs', one((x) => x.abs())],
  ['floor', one((x) => x.floor())],
  ['ceil', one((x) => x.ceil())],
  ['trunc', one((x) => x.trunc())],
  ['exp', one((x) => x.exp())],
  ['ln', one((x) => (x.gt(0) ? x.ln() : fail('A logarithm needs a number above 0')))],
  ['sin', angle((x) => x.sin())],
  ['cos', angle((x) => x.cos())],
  ['tan', angle((x) => x.tan())],
  ['log', { arity: [1, 2], apply: logarithm }],
  ['round', { arity: [1, 2], apply: round }],
  ['min', { arity: [1, 100], apply: (...args) => Decimal.min(...args) }],
  ['max', { arity: [1, 100], apply: (...args) => Decimal.max(...args) }],
])

const CONSTANTS = new Map<string, Decimal>([
  ['pi', Decimal.acos(-1)],
  ['e', Decimal.exp(1)],
])

/**
 * The value of an arithmetic expression, as decimal text with up to 30 digits. Throws an `Error` that says what is wrong and
 * where; takes bounded time whatever is asked.
 */
export function evaluate(text: string): string {
  if (text.length > LONGEST_EXPRESSION) fail(`The expression is longer than ${LONGEST_EXPRESSION} characters`)
  const value = new Parser(tokenize(text)).parse()
  if (value.isNaN()) fail('The result is not a number')
  if (!value.isFinite()) fail('The result is too large')
  return value.toSignificantDigits(DIGITS).toString()
}

interface Token {
  kind: 'number' | 'name' | 'sign' | 'end'
  text: string
  /** Where it begins, from 1. */
  at: number
}

const TOKEN = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?)|([a-zA-Z][a-zA-Z0-9]*)|(\*\*|[-+*/%^(),×÷−]))/y
const SIGNS: Record<string, string> = { '**': '^', '×': '*', '÷': '/', '−': '-' }

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const source = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    if (!match) fail(`Unexpected "${source.slice(from).trimStart().slice(0, 10)}" at character ${from + 1}`)
    const [whole, number, name, sign] = match
    const at = from + 1 + whole.length - whole.trimStart().length
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase(), at })
    else tokens.push({ kind: 'sign', text: SIGNS[sign ?? ''] ?? sign ?? '', at })
  }
  return [...tokens, { kind: 'end', text: '', at: source.length + 1 }]
}

/** Recursive descent: sum, product, sign, power, atom; each level calls the next tighter one. */
class Parser {
  readonly #tokens: Token[]
  #next = 0
  #depth = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  parse(): Decimal {
    const value = this.#sum()
    if (this.#peek().kind !== 'end') this.#unexpected()
    return value
  }

  #sum(): Decimal {
    this.#depth += 1
    if (this.#depth > DEEPEST) fail('The expression is nested too deeply')
    let value = this.#product()
    for (;;) {
      if (this.#take('+')) value = value.plus(this.#product())
      else if (this.#take('-')) value = value.minus(this.#product())
      else break
    }
    this.#depth -= 1
    return value
  }

  #product(): Decimal {
    let value = this.#sign()
    for (;;) {
      if (this.#take('*')) value = value.times(this.#sign())
      else if (this.#take('/')) value = value.div(notZero(this.#sign()))
      else if (this.#take('%')) value = value.mod(notZero(this.#sign()))
      else return value
    }
  }

  #sign(): Decimal {
    let isNegative = false
    for (;;) {
      if (this.#take('-')) isNegative = !isNegative
      else if (!this.#take('+')) break
    }
    const value = this.#power()
    return isNegative ? value.negated() : value
  }

  /** Right to left, tighter than a sign before it: -2^2 is -4, 2^3^2 is 2^9. */
  #power(): Decimal {
    const base = this.#percent()
    if (!this.#take('^')) return base
    this.#depth += 1
    if (this.#depth > DEEPEST) fail('The expression is nested too deeply')
    const power = base.pow(this.#sign())
    this.#depth -= 1
    if (!power.isFinite()) fail(power.isNaN() ? 'That power has no real value' : 'The result is too large')
    return power
  }

  /** A "%" with no operand after it means hundredths. */
  #percent(): Decimal {
    const value = this.#atom()
    const after = this.#tokens[this.#next + 1]
    const isPercent = this.#isSign('%') && after?.kind !== 'number' && after?.kind !== 'name' && after?.text !== '('
    if (!isPercent) return value
    this.#next += 1
    return value.div(100)
  }

  #atom(): Decimal {
    const token = this.#peek()
    if (token.kind === 'number') {
      this.#next += 1
      return new Decimal(token.text)
    }
    if (token.kind === 'name') return this.#named(token)
    if (!this.#take('(')) this.#unexpected()
    const value = this.#sum()
    this.#close()
    return value
  }

  #named(token: Token): Decimal {
    this.#next += 1
    const constant = CONSTANTS.get(token.text)
    if (constant) return constant
    const called = FUNCTIONS.get(token.text)
    if (!called) fail(`There is no "${token.text}". Known: ${[...FUNCTIONS.keys(), ...CONSTANTS.keys()].join(', ')}`)
    if (!this.#take('(')) fail(`"${token.text}" needs its arguments in parentheses`)
    const args = [this.#sum()]
    while (this.#take(',')) args.push(this.#sum())
    this.#close()
    const [least, most] = called.arity
    if (args.length < least || args.length > most) fail(`"${token.text}" does not take ${args.length} arguments`)
    return called.apply(...args)
  }

  #close(): void {
    if (!this.#take(')')) this.#unexpected()
  }

  #peek(): Token {
    // The last token is always the end, and the end is never taken.
    return this.#tokens[this.#next] as Token
  }

  #isSign(sign: string): boolean {
    const token = this.#peek()
    return token.kind === 'sign' && token.text === sign
  }

  #take(sign: string): boolean {
    const isNext = this.#isSign(sign)
    if (isNext) this.#next += 1
    return isNext
  }

  #unexpected(): never {
    const { kind, text, at } = this.#peek()
    fail(kind === 'end' ? 'The expression ends too early' : `Unexpected "${text}" at character ${at}`)
  }
}

function notZero(value: Decimal): Decimal {
  return value.isZero() ? fail('Division by zero') : value
}

function logarithm(x: Decimal, base: Decimal = new Decimal(10)): Decimal {
  if (!x.gt(0) || !base.gt(0) || base.eq(1)) fail('A logarithm needs numbers above 0, and a base other than 1')
  return x.log(base)
}

/** Half away from zero, as people round. */
function round(x: Decimal, digits: Decimal = new Decimal(0)): Decimal {
  if (!digits.isInteger() || digits.lt(0) || digits.gt(DIGITS)) fail(`round() takes 0 to ${DIGITS} digits`)
  return x.toDecimalPlaces(digits.toNumber(), Decimal.ROUND_HALF_UP)
}

function fail(message: string): never {
  throw new Error(`${message}.`)
}
