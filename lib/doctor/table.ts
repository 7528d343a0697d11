import 'server-only'
import type { Finding } from './check.ts'

/** The findings for a terminal: aligned, with what to change below what was found, and a last line that counts. */
export function tableOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2
  const lines = findings.flatMap(({ name, status, found, change }) => {
    const more = [...found.split('\n').slice(1), ...(change === undefined ? [] : [`→ ${change}`])]
    const first = `  ${status.padEnd(9)}${name.padEnd(width)}${found.split('\n')[0]}`
    return [first, ...more.map((line) => `${' '.repeat(11 + width)}${line}`)]
  })
  const count = (wanted: Finding['status']) => findings.filter(({ status }) => status === wanted).length
  return [...lines, '', `${count('ok')} ok, ${count('warning')} warning, ${count('failed')} failed`].join('\n')
}
