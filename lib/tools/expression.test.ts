import { describe, expect, it } from 'vitest'
import { evaluate, LONGEST_EXPRESSION } from './expression.ts'

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
