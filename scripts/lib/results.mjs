import { existsSync, readFileSync } from 'node:fs'

/** Adds up what stages counted. */
export function total(stages) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { counts } of stages) for (const key of Object.keys(sum)) sum[key] += counts[key]
  return sum
}

/** The one line that ends a test run. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** A stage without tests of its own counts as one. */
export function singleCount(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

/** Counts of a Vitest JSON report. A run that failed without a failed test (or without a report) counts as one failure. */
export function vitestCounts(path, code) {
  const report = readReport(path)
  const counts = report
    ? { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
    : singleCount(1)
  return atLeastOneFailure(counts, code)
}

/** Counts of a Playwright JSON report. */
export function playwrightCounts(path, code) {
  const stats = readReport(path)?.stats
  const counts = stats ? { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped } : singleCount(1)
  return atLeastOneFailure(counts, code)
}

function atLeastOneFailure(counts, code) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}
