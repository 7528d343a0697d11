import { Decimal as DefaultDecimal } from 'decimal.js'

/** Ten guard digits; a result beyond 10^±10,000 becomes infinite or zero instead of taking for ever. */
export const DIGITS = 30
export const Decimal = DefaultDecimal.clone({ precision: DIGITS + 10, maxE: 10_000, minE: -10_000, toExpNeg: -21, toExpPos: 41 })
export type Decimal = DefaultDecimal

export interface Unit {
  /** As it was written. */
  name: string
  /** How many of the SI unit it is. */
  factor: Decimal
  /** What stands at its zero, in the SI unit: not 0 for degrees Celsius and Fahrenheit. */
  zero: Decimal
  /** Powers of mass, length, time and so on. */
  dimensions: readonly number[]
}

export interface Units {
  find(name: string): Unit | undefined
}

/** What people write and the library does not know: in terms of what it knows. */
const MORE: Record<string, readonly [times: string, ...terms: (readonly [name: string, power: number])[]]> = {
  mph: ['1', ['mi', 1], ['h', -1]],
  kph: ['1', ['km', 1], ['h', -1]],
  kmh: ['1', ['km', 1], ['h', -1]],
  knot: ['1852', ['m', 1], ['h', -1]],
  knots: ['1852', ['m', 1], ['h', -1]],
  nmi: ['1852', ['m', 1]],
  cal: ['4.184', ['J', 1]],
  kcal: ['4184', ['J', 1]],
  pound: ['1', ['lb', 1]],
  pounds: ['1', ['lb', 1]],
  KB: ['1', ['kB', 1]],
  '°': ['1', ['deg', 1]],
  '°C': ['1', ['degC', 1]],
  '°F': ['1', ['degF', 1]],
}
/** Reactive power is a complex number of watts there. */
const IMAGINARY = /VAR$/
const LONGEST_NAME = 30

/** What is used of mathjs. */
interface MathJs {
  create(config: { number: 'BigNumber'; precision: number }): MathJs
  BigNumber: new (value: number) => unknown
  Unit: {
    new (value: unknown, name: string): { dimensions: number[]; toSI(): { toNumeric(): { toString(): string } } }
    isValuelessUnit(name: string): boolean
  }
}

let loading: Promise<Units> | undefined

/** mathjs's units with exact factors. The library is loaded on first use: 0.1 s and 28 MB that most servers never need. */
export function loadUnits(): Promise<Units> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

async function load(): Promise<Units> {
  // The package's single file: its many modules take five times as long and eight times the memory. It has no types of its own.
  const { default: bundle } = (await import('mathjs/lib/browser/math.js' as string)) as { default: MathJs }
  const { Unit, BigNumber } = bundle.create({ number: 'BigNumber', precision: DIGITS + 20 })

  function known(name: string): Unit | undefined {
    if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(name) || IMAGINARY.test(name) || !Unit.isValuelessUnit(name)) return undefined
    const inSi = (value: number) => new Decimal(new Unit(new BigNumber(value), name).toSI().toNumeric().toString())
    const zero = inSi(0)
    return { name, factor: inSi(1).minus(zero), zero, dimensions: new Unit(new BigNumber(1), name).dimensions }
  }

  function derived(name: string): Unit | undefined {
    const [times, ...terms] = (Object.hasOwn(MORE, name) && MORE[name]) || []
    if (times === undefined) return undefined
    let unit: Unit = { name, factor: new Decimal(times), zero: new Decimal(0), dimensions: [] }
    for (const [base, power] of terms) {
      const { factor, zero, dimensions } = known(base) as Unit
      const sum = dimensions.map((one, index) => one * power + (unit.dimensions[index] ?? 0))
      unit = { name, factor: unit.factor.times(factor.pow(power)), zero, dimensions: sum }
    }
    return unit
  }

  function find(written: string): Unit | undefined {
    if (written.length > LONGEST_NAME) return undefined
    const name = written.replace(/[µμ]/, 'u').replace(/metre(s?)$/, 'meter$1')
    // Short names differ by their case alone: Mb and MB, mW and MW.
    const unit = known(name) ?? derived(name) ?? (name.length > 3 ? (known(name.toLowerCase()) ?? derived(name.toLowerCase())) : undefined)
    return unit && { ...unit, name: written }
  }
  return { find }
}
