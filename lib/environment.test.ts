import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { givenIn } from './environment.ts'

const SECRET = 'a secret that is made for these tests'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rill-environment-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function fileWith(text: string): string {
  const path = join(folder, 'secret')
  writeFileSync(path, text)
  return path
}

test('an empty variable counts as not set', () => {
  expect(givenIn({ A: '', B: ' ', C: undefined, D: 'd' })).toEqual({ D: 'd' })
})

test('a secret is read from the file that its variable names, without the line break that editors add', () => {
  expect(readConfig({ RILL_SECRET_FILE: fileWith(`${SECRET}\n`) }).secret).toBe(SECRET)
  expect(readConfig({ DATABASE_URL: '', DATABASE_URL_FILE: fileWith('postgres://host/rill') }).databaseUrl).toBe('postgres://host/rill')
})

test('a key in a file chooses the model, as one that is set does', () => {
  expect(readConfig({ ANTHROPIC_API_KEY_FILE: fileWith('key') }).model.provider).toBe('anthropic')
})

test('what is set comes before what a file says', () => {
  expect(givenIn({ CRON_SECRET: 'set', CRON_SECRET_FILE: fileWith('from the file') })).toMatchObject({ CRON_SECRET: 'set' })
})

test('a file that is not there, or empty, is named with its variable', () => {
  expect(() => readConfig({ RILL_SECRET_FILE: join(folder, 'none') })).toThrow(/RILL_SECRET_FILE: .*none cannot be read \(ENOENT\)/)
  expect(() => readConfig({ RILL_SECRET_FILE: fileWith('\n') })).toThrow(/RILL_SECRET_FILE: .*secret is empty/)
})

test('what is no secret is not read from a file', () => {
  expect(givenIn({ RILL_MODEL_FILE: fileWith('demo/demo') })).not.toHaveProperty('RILL_MODEL')
})

test('pages of the web are read only where the operator says so', () => {
  expect(readConfig({}).webFetch).toBe(false)
  expect(readConfig({ RILL_WEB_FETCH: '0' }).webFetch).toBe(false)
  expect(readConfig({ RILL_WEB_FETCH: '1' }).webFetch).toBe(true)
  expect(() => readConfig({ RILL_WEB_FETCH: 'perhaps' })).toThrow(/RILL_WEB_FETCH: must be 1 or 0/)
})
