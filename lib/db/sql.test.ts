import { expect, test } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { outageOf } from './sql.ts'

const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code })

test.each([
  withCode('ECONNREFUSED'),
  withCode('57P01', 'terminating connection due to administrator command'),
  withCode('08006'),
  withCode('53300', 'sorry, too many clients already'),
  withCode('40P01', 'deadlock detected'),
  withCode('P1001'),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new Error('the adapter failed', { cause: withCode('57P03') }),
])('%s is an outage: try again', (error) => {
  expect(outageOf(error)).toMatchObject({
    code: 'unavailable',
    message: 'The database cannot be reached.',
    recoverable: true,
    cause: error,
  })
})

test('a full disk is named', () => {
  expect(outageOf(withCode('53100', 'could not extend file'))?.message).toMatch(/disk is full/)
})

test.each([
  withCode('23505', 'duplicate key value: the connection'),
  withCode('42P01'),
  new TypeError('x is not a function'),
  new AppError('conflict', 'The connection is busy.'),
  'connection',
  undefined,
])('%s is not', (error) => expect(outageOf(error)).toBeUndefined())
