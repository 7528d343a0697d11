import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { playwrightCounts, singleCount, summaryLine, total, vitestCounts } from './results.mjs'
import { isAtLeast } from './versions.mjs'

test('the summary adds up all stages', () => {
  const stages = [{ counts: singleCount(0) }, { counts: singleCount(2) }, { counts: { passed: 10, failed: 0, skipped: 3 } }]
  expect(summaryLine(total(stages))).toBe('11 passed, 1 failed, 3 skipped')
})

test('a run that failed without a failed test, or without a report, counts as a failure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rill-results-'))
  const report = join(folder, 'report.json')
  expect(vitestCounts(report, 1)).toMatchObject({ failed: 1 })
  writeFileSync(
    report,
    JSON.stringify({
      numPassedTests: 5,
      numFailedTests: 0,
      numPendingTests: 1,
      numTodoTests: 0,
      stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 },
    }),
  )
  expect(vitestCounts(report, 0)).toEqual({ passed: 5, failed: 0, skipped: 1 })
  expect(vitestCounts(report, 1)).toEqual({ passed: 5, failed: 1, skipped: 1 })
  expect(playwrightCounts(report, 1)).toEqual({ passed: 4, failed: 2, skipped: 0 })
  rmSync(folder, { recursive: true })
})

test.each([
  ['20.20.2', false],
  ['22.11.9', false],
  ['22.12.0', true],
  ['24.0.0', true],
])('Node %s is new enough: %s', (version, expected) => {
  expect(isAtLeast(version, '22.12.0')).toBe(expected)
})
