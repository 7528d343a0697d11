import { Decimal } from 'decimal.js'

const Exact = Decimal.clone({ precision: 40, toExpNeg: -30, toExpPos: 40 })
/** Larger powers would take long and mean nothing. */
const LARGEST_EXPONENT = 10_000
const DEEPEST = 100

const FUNCTIONS: Record<string, (values: Decimal[]) => Decimal> = {
  sqrt: (values) => one(values, 'sqrt').sqrt(),
  abs: (values) => one(values, 'abs').abs(),
  round: (values) => one(values, 'round').round(),
  floor: (values) => one(values, 'floor').floor(),
  ceil: (values) => one(values, 'ceil').ceil(),
  min: (values) => Exact.min(...some(values, 'min')),
  max: (values) => Exact.max(...some(values, 'max')),
}

/** The value of an arithmetic expression, as a decimal number. Throws an `Error` that says where it is wrong. */
export function evaluate(expression: string): string {
  const tokens = tokenize(expression)
  let position = 0
  let depth = 0
  const peek = () => tokens[position]
  const next = () => tokens[position++]

  function sum(): Decimal {
    if (++depth > DEEPEST) throw new Error('The expression is nested too deeply.')
    let value = product()
    for (let token = peek(); token === '+' || token === '-'; token = peek()) {
      next()
      value = token === '+' ? value.plus(product()) : value.minus(product())
    }
    depth -= 1
    return value
  }

  function product(): Decimal {
    let value = signed()
    for (let token = peek(); token === '*' || token === '/' || token === '%'; token = peek()) {
      next()
      const right = signed()
      if (token !== '*' && right.isZero()) throw new Error('Division by zero.')
      value = token === '*' ? value.times(right) : token === '/' ? value.div(right) : value.mod(right)
    }
    return value
  }

  function signed(): Decimal {
    const token = peek()
    if (token !== '-' && token !== '+') return power()
    next()
    if (++depth > DEEPEST) throw new Error('The expression is nested too deeply.')
    const value = signed()
    depth -= 1
    return token === '-' ? value.negated() : value
  }

  /** Binds to the right, and more tightly than a sign before it: -2^2 is -4. */
  function power(): Decimal {
    const base = operand()
    if (peek() !== '^') return base
    next()
    const exponent = signed()
    if (exponent.abs().greaterThan(LARGEST_EXPONENT)) throw new Error(`An exponent may be at most ${LARGEST_EXPONENT}.`)
    return base.pow(exponent)
  }

  function operand(): Decimal {
    const token = next()
    if (token === undefined) throw new Error('The expression ends too early.')
    if (/^[\d.]/.test(token)) return new Exact(token)
    if (token === '(') return closed(sum())
    const apply = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined
    if (!apply) throw new Error(`"${token}" was not expected here.`)
    if (next() !== '(') throw new Error(`A "(" must follow "${token}".`)
    const values = [sum()]
    while (peek() === ',') {
      next()
      values.push(sum())
    }
    return apply(closed(values))
  }

  function closed<T>(value: T): T {
    if (next() !== ')') throw new Error('A ")" is missing.')
    return value
  }

  const value = sum()
  const rest = peek()
  if (rest !== undefined) throw new Error(`"${rest}" was not expected here.`)
  if (!value.isFinite()) throw new Error('The result is not a number.')
  return value.toString()
}

function tokenize(expression: string): string[] {
  const tokens = expression.match(/\d+(?:\.\d+)?(?:e[-+]?\d{1,4})?|\.\d+|[a-z]+|\S/gi) ?? []
  return tokens.map((token) => token.toLowerCase())
}

function one(values: Decimal[], name: string): Decimal {
  const [value] = values
  if (!value || values.length !== 1) throw new Error(`${name} takes one number.`)
  return value
}

function some(values: Decimal[], name: string): Decimal[] {
  if (values.length === 0) throw new Error(`${name} takes at least one number.`)
  return values
}
