import { beforeAll, describe, expect, it } from 'vitest'
import { evaluate, LONGEST_EXPRESSION, mentionsUnits } from './expression.ts'
import { loadUnits, type Units } from './units.ts'

describe('evaluate', () => {
  it.each([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['0.1 + 0.2', '0.3'],
    ['10 / 4', '2.5'],
    ['1 / 3', '0.333333333333333333333333333333'],
    ['10 / 3 * 3', '10'],
    ['-2 ^ 2', '-4'],
    ['2 ^ 3 ^ 2', '512'],
    ['2 ** 10', '1024'],
    ['2 ^ -2', '0.25'],
    ['--3', '3'],
    ['2 - -3', '5'],
    ['17 % 5', '2'],
    ['17 % (2 + 3)', '2'],
    ['200 * 15%', '30'],
    ['50% - 0.1', '0.4'],
    ['6 × 7 ÷ 2 − 1', '20'],
    ['sqrt(144)', '12'],
    ['round(2.5)', '3'],
    ['round(-2.5)', '-3'],
    ['round(3.14159, 2)', '3.14'],
    ['min(3, 1, 2) + max(3, 1, 2)', '4'],
    ['abs(-7) + floor(2.9) + ceil(2.1) + trunc(-2.9)', '10'],
    ['log(1000)', '3'],
    ['log(8, 2)', '3'],
    ['ln(e)', '1'],
    ['SIN(0) + cos(0)', '1'],
    ['pi', '3.14159265358979323846264338328'],
    ['1.5e3 + .5', '1500.5'],
    ['99999999999999999999 * 99999999999999999999', '9999999999999999999800000000000000000000'],
  ])('%s is %s', (expression, result) => {
    expect(evaluate(expression)).toBe(result)
  })

  it.each([
    ['', 'ends too early'],
    ['1 +', 'ends too early'],
    ['(1', 'ends too early'],
    ['1)', 'Unexpected ")" at character 2'],
    ['1 2', 'Unexpected "2" at character 3'],
    ['2 $ 3', 'Unexpected "$ 3"'],
    ['process(1)', 'There is no "process"'],
    ['process.exit()', 'Unexpected ".exit()"'],
    ['constructor(1)', 'There is no "constructor"'],
    ['sqrt', 'parentheses'],
    ['sqrt(1, 2)', 'does not take 2 arguments'],
    ['sqrt(-1)', 'square root of a negative'],
    ['(-8) ^ 0.5', 'no real value'],
    ['1 / 0', 'Division by zero'],
    ['1 % 0', 'Division by zero'],
    ['ln(0)', 'above 0'],
    ['log(2, 1)', 'base other than 1'],
    ['sin(1e9)', 'at most'],
    ['round(1, 99)', '0 to 30 digits'],
    ['9^9^9^9', 'too large'],
    ['1e99999', 'too large'],
    ['exp(1e5)', 'too large'],
    ['1'.repeat(LONGEST_EXPRESSION + 1), 'longer than'],
    ['('.repeat(200), 'nested too deeply'],
    [`2${'^2'.repeat(200)}`, 'nested too deeply'],
  ])('refuses %.40s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message)
  })

  it('ends within the time that a test has, whatever fits', () => {
    for (const expression of [
      '1.0000001^(9^16)',
      `exp(${'1.0000001^'.repeat(90)}2)`,
      `${'sqrt(2)^pi+'.repeat(90)}1`,
      '2^0.123456789^0.1',
      'ln(1e10000)^99.5',
    ]) {
      try {
        evaluate(expression)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }
  })
})

describe('evaluate with units', () => {
  let units: Units
  beforeAll(async () => {
    units = await loadUnits()
  })

  it.each([
    ['3 ft in cm', '91.44 cm'],
    ['3ft to cm', '91.44 cm'],
    ['26.2 miles to km', '42.1648128 km'],
    ['12 km / 2 h in m/s', '1.66666666666666666666666666667 m/s'],
    ['12 km / 2 h', '6 km/h'],
    ['12 km / 600 m', '20'],
    ['5 ft 11 in in cm', '180.34 cm'],
    ['5 ft 11 in', '5.91666666666666666666666666667 ft'],
    ['-5 ft 11 in to in', '-71 in'],
    ['2 in in mm', '50.8 mm'],
    ['30.48 cm in in', '12 in'],
    ['(2 + 3) ft to in', '60 in'],
    ['1 m + 1 cm', '1.01 m'],
    ['0.1 m + 0.2 m', '0.3 m'],
    ['3 ft * 2 m in ft^2', '19.6850393700787401574803149606 ft^2'],
    ['2 m * 3 m', '6 m^2'],
    ['10 m² to m2', '10 m2'],
    ['sqrt(16 m^2)', '4 m'],
    ['3 m ^ 2', '3 m^2'],
    ['(3 m) ^ 2', '9 m^2'],
    ['20 degC to degF', '68 degF'],
    ['-40 °F to °C', '-40 °C'],
    ['98.6 fahrenheit in celsius', '37 celsius'],
    ['300 K in degC', '26.85 degC'],
    ['60 mph to km/h', '96.56064 km/h'],
    ['2 kWh to MJ', '7.2 MJ'],
    ['60 W * 2 h in kWh', '0.12 kWh'],
    ['5 kg * 9.81 m/s^2 in N', '49.05 N'],
    ['4.18 J/(g K) to kJ/(kg K)', '4.18 kJ/(kg K)'],
    ['100 MB / (20 Mb/s) in s', '40 s'],
    ['2 h 30 min in min', '150 min'],
    ['90 min to Hours', '1.5 Hours'],
    ['12 km per h to m/s', '3.33333333333333333333333333333 m/s'],
    ['150 lbs to kg', '68.0388555 kg'],
    ['sin(30 deg)', '0.5'],
    ['180 deg to rad', '3.14159265358979323846264338328 rad'],
    ['round(5 ft in m, 2)', '1.52 m'],
    ['max(1 km, 500 m, 1200 m)', '1.2 km'],
    ['min(3, 1)', '1'],
    ['15% * 80 kg', '12 kg'],
    ['7 m % 2 m', '1 m'],
    ['1/(4 s) to Hz', '0.25 Hz'],
    ['250 µm in mm', '0.25 mm'],
    ['10 litres to ml', '10000 ml'],
  ])('%s is %s', (expression, result) => {
    expect(mentionsUnits(expression) || expression.startsWith('min')).toBe(true)
    expect(evaluate(expression, units)).toBe(result)
  })

  it.each([
    ['3 ft in kg', '"ft" cannot be converted to "kg"'],
    ['3 ft + 2', '"a plain number" cannot be converted to "ft"'],
    ['2 + 3 ft', 'cannot be converted'],
    ['3 to m', '"a plain number" cannot be converted to "m"'],
    ['3 ft to 2', 'comes a unit'],
    ['3 parsecks', 'There is no unit "parsecks"'],
    ['10 EUR in USD', 'There is no unit "EUR"'],
    ['20 degC + 5 degC', 'can only be converted'],
    ['2 ^ (3 m)', 'without a unit'],
    ['2 m ^ 0.5', 'whole number'],
    ['(2 m) ^ 0.5', 'no whole number'],
    ['(2 m) ^ 1e9', 'too large'],
    ['((2 m) ^ 99) ^ 99', 'too large'],
    ['sin(3 kg)', 'angle'],
    ['ln(3 kg)', 'without a unit'],
    ['sin(1e9 deg)', 'at most'],
    ['1 m / (0 s)', 'Division by zero'],
    ['3 VAR', 'no unit'],
    ['constructor', 'There is no "constructor"'],
    ['1 __proto__', 'Unexpected "__proto__"'],
    ['3 ft to', 'ends too early'],
  ])('refuses %s', (expression, message) => {
    expect(() => evaluate(expression, units)).toThrow(new RegExp(message))
  })

  it.each([
    '10000000!',
    '1:1e9',
    'x = 3',
    'f(x) = x ^ 2',
    'import("fs")',
    'createUnit("foo")',
    '[1, 2; 3, 4]',
    'zeros(1e5, 1e5)',
    '"text"',
    "'text'",
    '{a: 1}',
    'true ? 1 : 2',
    'a.b',
    'evaluate("1")',
    'range(1, 1e9)',
    'random()',
    '1; 2',
    '2 > 1',
    '0x7f',
    'sqrt(2)i',
    'i',
    'Infinity',
    'NaN',
    '$',
  ])('evaluates nothing but arithmetic: %s', (expression) => {
    expect(() => evaluate(expression, units)).toThrow(/\.$/)
  })

  it('knows a factor for every unit that the library has', () => {
    for (const name of ['inch', 'acre', 'gallon', 'stone', 'BTU', 'eV', 'torr', 'arcsec', 'Ah', 'cd', 'mol', 'TB', 'century'])
      expect(units.find(name)?.factor.gt(0), name).toBe(true)
  })

  it('needs no units for numbers, functions and constants', () => {
    for (const expression of ['1.5e3 + .5', 'SIN(0) + cos(pi)', 'log(8, 2) * e']) expect(mentionsUnits(expression)).toBe(false)
  })

  it('ends within the time that a test has, whatever fits', () => {
    const longest = (piece: string, end = '') => piece.repeat(Math.floor((LONGEST_EXPRESSION - end.length) / piece.length)) + end
    for (const expression of [
      longest('m '),
      longest('2 m*', '1'),
      longest('3 ft ', '1'),
      longest('m^99*', 'm'),
      longest('1 yottameter+', '1 m'),
      longest('(2 m', ''),
      'm'.repeat(1_000),
    ]) {
      try {
        evaluate(expression, units)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }
  })
})
