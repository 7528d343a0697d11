import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PreparedStatements } from './prepared.ts'

const INSERT = 'INSERT INTO words (at, text) SELECT * FROM unnest($1::int[], $2::text[])'
let pglite: PGlite
let scripts: string[]
let statements: PreparedStatements

beforeAll(async () => {
  pglite = await PGlite.create()
  await pglite.exec('CREATE TABLE words (at int PRIMARY KEY, text text, flag bool, since timestamptz)')
  scripts = []
  statements = new PreparedStatements((script) => {
    scripts.push(script)
    return pglite.exec(script)
  })
})
afterAll(() => pglite.close())

const words = async () => (await pglite.query<{ text: string | null }>('SELECT text FROM words ORDER BY at')).rows.map((row) => row.text)
const clear = () => pglite.exec('DELETE FROM words')

test('every text arrives as it is', async () => {
  const texts = [
    '',
    'NULL',
    null,
    "it's",
    "''",
    'a "quote"',
    'back\\slash\\',
    '{a,b}',
    '$1 $$',
    "'); DROP TABLE words; --",
    'line\nline\ttab',
    '𝄞 é 漢',
    '\\u0000',
  ]
  await statements.execute(INSERT, [texts.map((_, index) => index), texts])
  expect(await words()).toEqual(texts)
  await clear()
})

test('values of each kind arrive', async () => {
  const since = new Date('2026-01-02T03:04:05.678Z')
  await statements.execute('INSERT INTO words VALUES ($1::int, $2::text, $3::bool, $4::timestamptz)', [-7, null, true, since])
  const { rows } = await pglite.query('SELECT * FROM words')
  expect(rows).toEqual([{ at: -7, text: null, flag: true, since }])
  await clear()
})

test('what the database refuses is an error with its code, and the statement works on', async () => {
  await statements.execute(INSERT, [[1], ['a']])
  await expect(
    statements.execute(INSERT, [
      [2, 1],
      ['b', 'c'],
    ]),
  ).rejects.toMatchObject({ code: '23505', constraint: 'words_pkey' })
  await statements.execute(INSERT, [[2], ['b']])
  expect(await words()).toEqual(['a', 'b'])
  await clear()
})

test('a statement that cannot be prepared says so, each time', async () => {
  for (let time = 0; time < 2; time += 1) {
    await expect(statements.execute('INSERT INTO nothing VALUES ($1::int)', [1])).rejects.toMatchObject({ code: '42P01' })
  }
})

test('many at once are prepared once, and planned anew now and then', async () => {
  scripts.length = 0
  const text = 'INSERT INTO words (at) VALUES ($1::int)'
  await Promise.all(Array.from({ length: 1_500 }, (_, at) => statements.execute(text, [at])))
  expect(await words()).toHaveLength(1_500)
  expect(scripts.filter((script) => script.includes('PREPARE'))).toHaveLength(2)
})
