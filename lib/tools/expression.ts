import { CONSTANTS, FUNCTIONS, type NamedFunction } from './functions.ts'
import { add, convert, divide, fail, inUnit, isPlain, multiply, plain, power, type Quantity, remainder, unitText } from './quantity.ts'
import { Decimal, DIGITS, type Unit, type Units } from './units.ts'

export const LONGEST_EXPRESSION = 1_000
const DEEPEST = 100
const ONE = new Decimal(1)
const SOME_UNITS = 'Units are such as km, ft, lb, kWh, GB, min, degC, or km/h'

/** The words before the unit that is wanted. After a number, "in" is inches. */
const CONVERSION = new Set(['to', 'in'])

/** True when an expression has words that only units can explain. */
export function mentionsUnits(text: string): boolean {
  const names = text.slice(0, LONGEST_EXPRESSION).replace(NUMBERS, ' ').match(NAMES) ?? []
  return names.some((name) => name === 'min' || !(FUNCTIONS.has(name.toLowerCase()) || CONSTANTS.has(name.toLowerCase())))
}

/**
 * The value of an arithmetic expression, as decimal text with up to 30 digits, and its unit. Throws an `Error` that says what is
 * wrong and where; takes bounded time whatever is asked.
 */
export function evaluate(text: string, units?: Units): string {
  if (text.length > LONGEST_EXPRESSION) fail(`The expression is longer than ${LONGEST_EXPRESSION} characters`)
  const quantity = new Parser(tokenize(text), units).parse()
  if (quantity.value.isNaN()) fail('The result is not a number')
  if (!quantity.value.isFinite()) fail('The result is too large')
  return `${quantity.value.toSignificantDigits(DIGITS)} ${unitText(quantity)}`.trimEnd()
}

interface Token {
  kind: 'number' | 'name' | 'sign' | 'end'
  text: string
  /** Where it begins, from 1. */
  at: number
}

const NAME = '[a-zA-Zµμ][a-zA-Z0-9]*|°[CF]?'
const NUMBER = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?`
const NAMES = new RegExp(NAME, 'g')
const NUMBERS = new RegExp(NUMBER, 'g')
const TOKEN = new RegExp(String.raw`\s*(?:(${NUMBER})|(${NAME})|(\*\*|[-+*/%^(),×÷−²³]))`, 'y')
const SIGNS: Record<string, string> = { '**': '^', '×': '*', '÷': '/', '−': '-' }
const POWERS: Record<string, string> = { '²': '2', '³': '3' }

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const source = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    if (!match) fail(`Unexpected "${source.slice(from).trimStart().slice(0, 10)}" at character ${from + 1}`)
    const [whole, number, name, sign = ''] = match
    const at = from + 1 + whole.length - whole.trimStart().length
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (name === 'per') tokens.push({ kind: 'sign', text: '/', at })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at })
    else if (POWERS[sign] !== undefined) tokens.push({ kind: 'sign', text: '^', at }, { kind: 'number', text: POWERS[sign], at })
    else tokens.push({ kind: 'sign', text: SIGNS[sign] ?? sign, at })
  }
  return [...tokens, { kind: 'end', text: '', at: source.length + 1 }]
}

/** Recursive descent: conversion, sum, product, sign, power, quantity, atom; each level calls the next tighter one. */
class Parser {
  readonly #tokens: Token[]
  readonly #units: Units | undefined
  #next = 0
  #depth = 0

  constructor(tokens: Token[], units: Units | undefined) {
    this.#tokens = tokens
    this.#units = units
  }

  parse(): Quantity {
    const value = this.#conversion()
    if (this.#peek().kind !== 'end') this.#unexpected()
    return value
  }

  #conversion(): Quantity {
    this.#deeper()
    let value = this.#sum()
    while (this.#isConversion()) {
      this.#next += 1
      const wanted = this.#product()
      if (isPlain(wanted) || !wanted.value.eq(1)) fail(`After "to" comes a unit, such as "km/h"`)
      value = convert(value, wanted)
    }
    this.#depth -= 1
    return value
  }

  #sum(): Quantity {
    let value = this.#product()
    for (;;) {
      if (this.#take('+')) value = add(value, this.#product())
      else if (this.#take('-')) value = add(value, this.#product(), -1)
      else return value
    }
  }

  #product(): Quantity {
    let value = this.#sign()
    for (;;) {
      if (this.#take('*')) value = multiply(value, this.#sign())
      else if (this.#take('/')) value = divide(value, this.#sign())
      else if (this.#take('%')) value = remainder(value, this.#sign())
      else return value
    }
  }

  #sign(): Quantity {
    let isNegative = false
    for (;;) {
      if (this.#take('-')) isNegative = !isNegative
      else if (!this.#take('+')) break
    }
    const value = this.#power()
    return isNegative ? { ...value, value: value.value.negated() } : value
  }

  /** Right to left, tighter than a sign before it: -2^2 is -4, 2^3^2 is 2^9. */
  #power(): Quantity {
    const base = this.#compound()
    if (!this.#take('^')) return base
    this.#deeper()
    const value = power(base, this.#sign())
    this.#depth -= 1
    return value
  }

  /** "5 ft 11 in" is a sum. */
  #compound(): Quantity {
    let value = this.#quantity()
    while (!isPlain(value) && this.#peek().kind === 'number' && this.#tokens[this.#next + 1]?.kind === 'name')
      value = add(value, this.#quantity())
    return value
  }

  /** Units right after a number or a parenthesis belong to it, tighter than any sign: 12 km / 2 h is 6 km/h. */
  #quantity(): Quantity {
    const first = this.#peek()
    let value = this.#percent()
    if (first.kind === 'name' ? isPlain(value) : !isPlain(value)) return value
    for (let isAfterNumber = first.kind === 'number'; ; isAfterNumber = false) {
      const unit = this.#takeUnit(isAfterNumber)
      if (!unit) return value
      const { terms } = inUnit(ONE, unit, this.#unitPower())
      value = isPlain(value) ? { value: value.value, terms } : multiply(value, { value: ONE, terms })
    }
  }

  #takeUnit(isAfterNumber: boolean): Unit | undefined {
    const { kind, text } = this.#peek()
    if (kind !== 'name' || !this.#units) return undefined
    if (CONVERSION.has(text) && !(isAfterNumber && text === 'in')) return undefined
    const unit = this.#units.find(text)
    if (unit) this.#next += 1
    else if (!CONSTANTS.has(text.toLowerCase()) && !FUNCTIONS.has(text.toLowerCase())) fail(`There is no unit "${text}". ${SOME_UNITS}`)
    return unit
  }

  #unitPower(): number {
    if (!this.#take('^')) return 1
    const sign = this.#take('-') ? -1 : 1
    const { kind, text } = this.#peek()
    if (kind !== 'number' || !/^\d{1,2}$/.test(text)) fail('The power of a unit is a whole number of at most two digits')
    this.#next += 1
    return sign * Number(text)
  }

  /** A "%" with no operand after it means hundredths. */
  #percent(): Quantity {
    const value = this.#atom()
    const after = this.#tokens[this.#next + 1]
    const isPercent = this.#isSign('%') && after?.kind !== 'number' && after?.kind !== 'name' && after?.text !== '('
    if (!isPercent) return value
    this.#next += 1
    return { ...value, value: value.value.div(100) }
  }

  #atom(): Quantity {
    const token = this.#peek()
    if (token.kind === 'number') {
      this.#next += 1
      return plain(new Decimal(token.text))
    }
    if (token.kind === 'name') return this.#named(token)
    if (!this.#take('(')) this.#unexpected()
    const value = this.#conversion()
    this.#close()
    return value
  }

  #named(token: Token): Quantity {
    this.#next += 1
    const name = token.text.toLowerCase()
    const constant = CONSTANTS.get(name)
    if (constant) return plain(constant)
    const called = FUNCTIONS.get(name)
    if (called && this.#take('(')) return this.#call(name, called)
    const unit = this.#units?.find(token.text)
    if (unit) return inUnit(ONE, unit, this.#unitPower())
    if (called) fail(`"${name}" needs its arguments in parentheses`)
    fail(`There is no "${token.text}". Known: ${[...FUNCTIONS.keys(), ...CONSTANTS.keys()].join(', ')}. ${SOME_UNITS}`)
  }

  #call(name: string, { arity: [least, most], apply }: NamedFunction): Quantity {
    const first = this.#conversion()
    const more: Quantity[] = []
    while (this.#take(',')) more.push(this.#conversion())
    this.#close()
    const count = more.length + 1
    if (count < least || count > most) fail(`"${name}" does not take ${count} arguments`)
    return apply(first, ...more)
  }

  #close(): void {
    if (!this.#take(')')) this.#unexpected()
  }

  #deeper(): void {
    this.#depth += 1
    if (this.#depth > DEEPEST) fail('The expression is nested too deeply')
  }

  #peek(): Token {
    // The last token is always the end, and the end is never taken.
    return this.#tokens[this.#next] as Token
  }

  #isConversion(): boolean {
    const { kind, text } = this.#peek()
    return kind === 'name' && CONVERSION.has(text)
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
