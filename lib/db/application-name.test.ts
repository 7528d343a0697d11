import pg from 'pg'
import { expect, test } from 'vitest'
import { applicationNameIn, withApplicationName } from './application-name.ts'

test.each([
  ['postgres://host/rill', 'postgres://host/rill?application_name=rill-backup'],
  ['postgres://host/rill?', 'postgres://host/rill?application_name=rill-backup'],
  ['postgres://host/rill?application_name=myapp', 'postgres://host/rill?application_name=rill-backup'],
  [
    'postgres://host/rill?application_name=a&options=-c%20search_path%3Drill&application_name=b&sslmode=require',
    'postgres://host/rill?options=-c%20search_path%3Drill&sslmode=require&application_name=rill-backup',
  ],
  [
    'postgres://ann:p%3Fss@/rill?host=/var/run/postgresql',
    'postgres://ann:p%3Fss@/rill?host=/var/run/postgresql&application_name=rill-backup',
  ],
])('connections by %s are called as we say, and are else as they were', (url, named) => {
  expect(withApplicationName(url, 'rill-backup')).toBe(named)
  expect(applicationNameIn(named)).toBe('rill-backup')
})

test('the client takes the name of the address, whatever it is told: so ours must be there', () => {
  const nameOf = (connectionString: string) =>
    (new pg.Client({ connectionString, application_name: 'rill' }) as unknown as { connectionParameters: Record<string, unknown> })
      .connectionParameters.application_name
  expect(nameOf('postgres://host/rill?application_name=myapp')).toBe('myapp')
  expect(nameOf(withApplicationName('postgres://host/rill?application_name=myapp', 'rill'))).toBe('rill')
})

test('the name that an address gives is read as it is meant', () => {
  expect(applicationNameIn('postgres://host/rill')).toBeUndefined()
  expect(applicationNameIn('postgres://host/rill?sslmode=require&application_name=my%20app')).toBe('my app')
  expect(applicationNameIn('postgres://host/rill?application_name=a&application_name=b')).toBe('b')
})
