import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptSecret } from './secret.ts'

test('the secret is made once, for its owner only, and stays', () => {
  const base = mkdtempSync(join(tmpdir(), 'rill-secret-'))
  try {
    const folder = join(base, 'data')
    const secret = keptSecret(folder)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(keptSecret(folder)).toBe(secret)
    expect(readdirSync(folder)).toEqual(['secret'])
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600)
  } finally {
    rmSync(base, { recursive: true })
  }
})
