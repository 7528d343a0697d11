import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { type Header, lineOf } from './format.ts'
import { checkBackup, type Part, readBackup } from './read-backup.ts'
import { markOf, settleSecret } from './secret.ts'
import { writeCompressed } from './write-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'rill-format-'))
const file = join(folder, 'backup')
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER: Header = {
  rill: 'backup',
  format: 1,
  version: '0.1.0',
  createdAt: '2026-01-01T00:00:00.000Z',
  from: 'embedded',
  migrations: [{ name: 'first', checksum: 'abc' }],
}
const ROWS = [lineOf(['1', 'one\n\u2028two "é👍"']), lineOf(['2', null])]
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A backup as it is described, made by hand. */
function backupOf(header: object = HEADER, rows = ROWS): string {
  const body = [lineOf(header), lineOf({ table: 'users', columns: ['id', 'name'] }), ...rows, lineOf({ table: 'events', columns: ['seq'] })]
  const tables = { users: { rows: rows.length, checksum: sha256(rows.join('')) }, events: { rows: 0, checksum: sha256('') } }
  return body.join('') + lineOf({ tables, checksum: sha256(body.join('')) })
}

async function partsOf(bytes: Uint8Array): Promise<Part[]> {
  writeFileSync(file, bytes)
  const parts: Part[] = []
  for await (const part of readBackup(file)) parts.push(part)
  return parts
}

/** How reading ends: with all that was written, or with a named error. */
async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    return JSON.stringify(await partsOf(bytes))
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('a backup that is read', () => {
  test('has what was written, in order', async () => {
    const parts = await partsOf(gzipSync(backupOf()))
    expect(parts).toEqual([
      { header: HEADER },
      { table: { table: 'users', columns: ['id', 'name'] } },
      { rows: ROWS.map((row) => JSON.parse(row)) },
      { table: { table: 'events', columns: ['seq'] } },
      { end: { users: { rows: 2, checksum: sha256(ROWS.join('')) }, events: { rows: 0, checksum: sha256('') } } },
    ])
    expect(await checkBackup(file)).toMatchObject({ header: HEADER, tables: { users: { rows: 2 } } })
  })

  test('may be large: pieces come while the rest is still to be read', async () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => lineOf([String(index), sha256(String(index))]))
    const parts = await partsOf(gzipSync(backupOf(HEADER, rows)))
    const pieces = parts.flatMap((part) => ('rows' in part ? [part.rows.length] : []))
    expect(pieces.reduce((sum, count) => sum + count)).toBe(50_000)
    expect(pieces.length).toBeGreaterThan(10)
  })

  test('that was cut off anywhere is damaged', async () => {
    const whole = gzipSync(backupOf())
    for (let length = 0; length < whole.length; length += 1)
      expect(await outcomeOf(whole.subarray(0, length)), `${length} bytes`).toMatch(/^backup-(damaged|refused)$/)
  })

  test('that was cut off before it was compressed is damaged', async () => {
    const whole = backupOf()
    for (let length = 0; length < whole.length; length += 1)
      expect(await outcomeOf(gzipSync(whole.slice(0, length))), `${length} characters`).toBe('backup-damaged')
  })

  test('with any byte flipped is damaged, or reads the same', async () => {
    const whole = gzipSync(backupOf())
    const right = await outcomeOf(whole)
    const outcomes = new Set<string>()
    for (let index = 0; index < whole.length; index += 1) {
      const bytes = Buffer.from(whole)
      bytes[index] = (bytes[index] ?? 0) ^ 0x20
      const outcome = await outcomeOf(bytes)
      // The first ten bytes are gzip's header, in which the time is nobody's.
      if (index >= 10) expect(outcome, `byte ${index}`).toBe('backup-damaged')
      outcomes.add(outcome)
    }
    expect([...outcomes].filter((outcome) => !/^backup-(damaged|refused)$/.test(outcome))).toEqual([right])
  })

  test('with any character changed before it was compressed is damaged', async () => {
    const whole = backupOf()
    for (let index = 0; index < whole.length; index += 1) {
      if (whole[index] === '\n') continue
      const changed = `${whole.slice(0, index)}${whole[index] === '7' ? '8' : '7'}${whole.slice(index + 1)}`
      expect(await outcomeOf(gzipSync(changed)), `character ${index}`).toMatch(/^backup-(damaged|refused)$/)
    }
  })

  test.each([
    ['lines after its end', `${backupOf()}${lineOf(['3', null])}`, /goes on after its end/],
    ['a table twice', backupOf().replace('"table":"events"', '"table":"users"'), /twice/],
    ['a row of another table', backupOf(HEADER, [lineOf(['1'])]), /does not fit/],
    ['a row before any table', lineOf(HEADER) + lineOf(['1']), /does not fit/],
    ['a newer format', backupOf({ ...HEADER, format: 2 }), /of format 2, and this version reads 1/],
    ['another JSON', lineOf({ some: 'thing' }), /no backup of Rill/],
  ])('with %s is refused', async (_, text, message) => {
    await expect(partsOf(gzipSync(text))).rejects.toThrow(message)
  })

  test('must be one, and be there', async () => {
    await expect(partsOf(Buffer.from('no gzip'))).rejects.toThrow(/no backup of Rill/)
    await expect(checkBackup(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the file', () => {
  const path = join(folder, 'written')
  const write = (text: string, force?: boolean) =>
    writeCompressed(path, { ...(force && { force }), content: (push) => push(text) }).then(() => gunzipSync(readFileSync(path)).toString())

  test('is its owner’s alone, and takes the place of no other unless it may', async () => {
    expect(await write('one')).toBe('one')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await expect(write('two')).rejects.toThrow(/There is a file .+ already/)
    expect(await write('three', true)).toBe('three')
  })

  test('is not there until it is complete, and leaves nothing when it fails', async () => {
    const other = join(folder, 'other')
    const before = readdirSync(folder)
    const failing = writeCompressed(other, {
      async content(push) {
        // More than the stream keeps back.
        for (let count = 0; count < 20; count += 1) await push(sha256(String(count)).repeat(10_000))
        expect(existsSync(other)).toBe(false)
        throw new Error('the database went away')
      },
    })
    await expect(failing).rejects.toThrow('the database went away')
    expect(readdirSync(folder)).toEqual(before)
    await expect(writeCompressed(join(folder, 'no', 'where'), { content: (push) => push('text') })).rejects.toThrow(/ENOENT/)
  })
})

describe('the secret', () => {
  const own = 'the secret of the server that was backed up'
  const settle = (header: Partial<Header>, target: 'embedded' | 'postgres', given?: string, kept?: string) =>
    settleSecret({ header: { ...HEADER, ...header }, target, given, kept, file: 'my.backup' })
  const carried = { secret: own, secretMark: markOf(own) }
  const fromEnvironment = { secretMark: markOf(own) }

  test('comes with a data folder, and is kept by the next one', () => {
    expect(settle(carried, 'embedded')).toEqual({ keep: own })
    expect(settle(carried, 'embedded', undefined, 'another one')).toEqual({ keep: own })
    expect(settle(carried, 'embedded', undefined, own)).toEqual({})
  })

  test('is asked for where the environment has another one, or none', () => {
    for (const result of [
      settle(carried, 'postgres'),
      settle(carried, 'postgres', 'another one'),
      settle(carried, 'embedded', 'another one'),
    ])
      expect(result.advice).toContain('npm run -s restore -- my.backup --print-secret')
    for (const result of [
      settle(fromEnvironment, 'embedded'),
      settle(fromEnvironment, 'embedded', undefined, 'kept'),
      settle({}, 'postgres', own),
    ])
      expect(result).toEqual({ advice: expect.stringContaining('the RILL_SECRET of the server that was backed up') })
    expect(JSON.stringify(settle(carried, 'postgres'))).not.toContain(own)
  })

  test('needs nothing where it is the same', () => {
    expect(settle(carried, 'postgres', own)).toEqual({})
    expect(settle(fromEnvironment, 'postgres', own)).toEqual({})
    expect(settle(fromEnvironment, 'embedded', own)).toEqual({})
    expect(settle(fromEnvironment, 'embedded', undefined, own)).toEqual({})
  })
})
