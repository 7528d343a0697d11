import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import vercel from '../vercel.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const given = { VERCEL: '1', DATABASE_URL: 'postgres://host/rill' }

test('a function hands over before the platform ends it: how long it may run is said in one place', () => {
  const seconds = vercel.functions['app/**/*'].maxDuration
  const { shiftMs = 0 } = readConfig(given)
  expect(shiftMs).toBeLessThan(seconds * 1_000)
  expect(shiftMs).toBeGreaterThan((seconds - 15) * 1_000)
  // The free plan's most.
  expect(seconds).toBeLessThanOrEqual(300)
  expect(vercel.fluid).toBe(true)
})

test('no route says something else, and no region is chosen', () => {
  const routes = readdirSync(join(root, 'app'), { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
  for (const path of routes) expect(readFileSync(join(root, 'app', path), 'utf8'), path).not.toMatch(/maxDuration|preferredRegion/)
  expect(vercel).not.toHaveProperty('regions')
})

test('the scheduler calls a route that is there, once a day: more is refused on the free plan', () => {
  const [cron, ...rest] = vercel.crons
  expect(rest).toEqual([])
  expect(readFileSync(join(root, 'app', cron?.path ?? '', 'route.ts'), 'utf8')).toContain('export async function GET')
  expect(cron?.schedule).toMatch(/^\d{1,2} \d{1,2} \* \* \*$/)
})

test('what is missing is said', () => {
  expect(() => readConfig({ VERCEL: '1' })).toThrow(/DATABASE_URL is needed/)
})
