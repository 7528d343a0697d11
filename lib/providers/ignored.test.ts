import { expect, test } from 'vitest'
import { countIgnored } from './ignored.ts'

test('each name is counted, and told once', () => {
  const told: string[] = []
  const ignored = countIgnored((what) => told.push(what))
  for (const what of ['ping', 'telemetry', 'ping', 'ping']) ignored.count(what)
  expect([...ignored.counts]).toEqual([
    ['ping', 3],
    ['telemetry', 1],
  ])
  expect(told).toEqual(['ping', 'telemetry'])
})

test('a provider that makes up names fills nothing', () => {
  const told: string[] = []
  const ignored = countIgnored((what) => told.push(what))
  for (let count = 0; count < 10_000; count += 1) ignored.count(`made-up-${count}`)
  expect(ignored.counts.size).toBe(51)
  expect(ignored.counts.get('others')).toBe(9_950)
  expect(told).toHaveLength(51)
})
