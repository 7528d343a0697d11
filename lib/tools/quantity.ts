import { Decimal, type Unit } from './units.ts'

interface Term {
  unit: Unit
  power: number
}

/** A number with the units that it is shown in: 5 km/h is 5 with km^1 and h^-1. Without units it is a plain number. */
export interface Quantity {
  value: Decimal
  terms: readonly Term[]
}

const MOST_POWER = 100

export function plain(value: Decimal): Quantity {
  return { value, terms: [] }
}

export function isPlain({ terms }: Quantity): boolean {
  return terms.length === 0
}

export function inUnit(value: Decimal, unit: Unit, power = 1): Quantity {
  return { value, terms: [{ unit, power }] }
}

/** The value of something that must have no unit. */
export function plainValue(quantity: Quantity, what: string): Decimal {
  return isPlain(quantity) ? quantity.value : fail(`${what} needs a number without a unit, not "${unitText(quantity)}"`)
}

/** An angle in radians; a plain number is one. */
export function radians(quantity: Quantity): Decimal {
  if (isPlain(quantity)) return quantity.value
  const [term] = quantity.terms
  const isAngle = quantity.terms.length === 1 && term?.power === 1 && /^(rad|deg|grad|arc|cycle|°$)/i.test(term.unit.name)
  return isAngle ? inSi(quantity) : fail(`An angle is needed, not "${unitText(quantity)}"`)
}

/** The same quantity in the units of another. */
export function convert(from: Quantity, to: Quantity): Quantity {
  const [a, b] = [dimensionsOf(from), dimensionsOf(to)]
  if (a.some((power, index) => power !== b[index]))
    fail(`"${unitText(from) || 'a plain number'}" cannot be converted to "${unitText(to) || 'a plain number'}"`)
  if (sameTerms(from, to)) return from
  return { value: inSi(from).minus(zeroOf(to)).div(factorOf(to)), terms: to.terms }
}

export function add(a: Quantity, b: Quantity, sign: 1 | -1 = 1): Quantity {
  if (isPlain(a) && isPlain(b)) return plain(a.value.plus(b.value.times(sign)))
  refuseZeros(a, b)
  return { value: a.value.plus(convert(b, a).value.times(sign)), terms: a.terms }
}

/** The remainder, in the units of the first. */
export function remainder(a: Quantity, b: Quantity): Quantity {
  if (!isPlain(a) || !isPlain(b)) refuseZeros(a, b)
  const divisor = convert(b, a).value
  return { value: a.value.mod(divisor.isZero() ? fail('Division by zero') : divisor), terms: a.terms }
}

export function multiply(a: Quantity, b: Quantity): Quantity {
  if (isPlain(a) && isPlain(b)) return plain(a.value.times(b.value))
  refuseZeros(a, b)
  return joined(a.value.times(b.value), [...a.terms, ...b.terms])
}

export function divide(a: Quantity, b: Quantity): Quantity {
  if (b.value.isZero()) fail('Division by zero')
  if (isPlain(b)) return { value: a.value.div(b.value), terms: a.terms }
  refuseZeros(a, b)
  return joined(a.value.div(b.value), [...a.terms, ...b.terms.map(({ unit, power }) => ({ unit, power: -power }))])
}

export function power(base: Quantity, exponent: Quantity): Quantity {
  const value = base.value.pow(plainValue(exponent, 'A power'))
  if (!value.isFinite()) fail(value.isNaN() ? 'That power has no real value' : 'The result is too large')
  if (isPlain(base)) return plain(value)
  refuseZeros(base)
  return joined(value, scaled(base, exponent.value))
}

/** The square root is the half, the cube root the third. */
export function root(base: Quantity, degree: 2 | 3): Quantity {
  if (degree === 2 && base.value.isNegative() && !base.value.isZero()) fail('There is no real square root of a negative number')
  const value = degree === 2 ? base.value.sqrt() : base.value.cbrt()
  return isPlain(base) ? plain(value) : joined(value, scaled(base, new Decimal(1).div(degree)))
}

/** "km/h", "kg m/s^2", "1/s", "J/(kg K)": what the calculator itself can read again. */
export function unitText({ terms }: Quantity): string {
  const write = (list: readonly Term[]) =>
    list.map(({ unit, power }) => (Math.abs(power) === 1 ? unit.name : `${unit.name}^${Math.abs(power)}`)).join(' ')
  const above = write(terms.filter(({ power }) => power > 0))
  const under = terms.filter(({ power }) => power < 0)
  if (under.length === 0) return above
  return `${above || '1'}/${under.length > 1 ? `(${write(under)})` : write(under)}`
}

function scaled(base: Quantity, by: Decimal): Term[] {
  return base.terms.map(({ unit, power }) => {
    const product = by.times(power).toDecimalPlaces(20).toNumber()
    if (!Number.isInteger(product)) fail(`"${unitText(base)}" would have a power that is no whole number`)
    return { unit, power: product }
  })
}

/** Units of one kind become the one that was written first: "3 ft * 2 m" is in ft^2. */
function joined(value: Decimal, terms: readonly Term[]): Quantity {
  const kept: Term[] = []
  let scale = new Decimal(1)
  for (const { unit, power } of terms) {
    const same = kept.find((one) => isSameKind(one.unit, unit))
    if (!same) kept.push({ unit, power })
    else {
      if (same.unit.name !== unit.name) scale = scale.times(unit.factor.div(same.unit.factor).pow(power))
      same.power += power
    }
    if (Math.abs((same ?? { power }).power) > MOST_POWER) fail('The power of a unit is too large')
  }
  const quantity = { value: value.times(scale), terms: kept.filter((one) => one.power !== 0) }
  return dimensionsOf(quantity).every((one) => one === 0) ? plain(inSi(quantity)) : quantity
}

function isSameKind(a: Unit, b: Unit): boolean {
  return a.dimensions.every((one, index) => one === b.dimensions[index])
}

function sameTerms(a: Quantity, b: Quantity): boolean {
  return unitText(a) === unitText(b)
}

const KINDS = 9

function dimensionsOf({ terms }: Quantity): number[] {
  const sum = new Array<number>(KINDS).fill(0)
  for (const { unit, power } of terms) for (const [index, one] of unit.dimensions.entries()) sum[index] = (sum[index] ?? 0) + one * power
  return sum
}

function factorOf({ terms }: Quantity): Decimal {
  return terms.reduce((product, { unit, power }) => product.times(unit.factor.pow(power)), new Decimal(1))
}

function zeroOf({ terms }: Quantity): Decimal {
  const [term] = terms
  return terms.length === 1 && term?.power === 1 ? term.unit.zero : new Decimal(0)
}

function inSi(quantity: Quantity): Decimal {
  return quantity.value.times(factorOf(quantity)).plus(zeroOf(quantity))
}

/** 20 °C and 20 °C are not 40 °C: whether a reading or a difference is meant cannot be known. */
function refuseZeros(...quantities: Quantity[]): void {
  const term = quantities.flatMap(({ terms }) => terms).find(({ unit }) => !unit.zero.isZero())
  if (term) fail(`"${term.unit.name}" can only be converted: its zero is not the zero of temperature. Calculate in K`)
}

export function fail(message: string): never {
  throw new Error(`${message}.`)
}
