import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Load } from './load.ts'

const FORMATTER = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'biome')

/** Writes the measured table between the marks of a document, so that the two do not part. */
export function writeTable(path: string, table: string, name = 'bench'): void {
  const [opening, closing] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const text = readFileSync(path, 'utf8')
  const begin = text.indexOf(opening) + opening.length
  const end = text.indexOf(closing)
  if (begin < opening.length || end < begin) throw new Error(`${path} has no place for the table.`)
  writeFileSync(path, `${text.slice(0, begin)}\n${table}\n\n${text.slice(end)}`)
  execFileSync(process.execPath, [FORMATTER, 'format', '--write', path], { stdio: 'ignore' })
}

export function loadTable(rows: (Load & { target: string })[]): string {
  const lines = rows.map(({ target, streams, p50, p99, pace, cpuPer1000, rssMb }, index) => {
    const name = rows[index - 1]?.target === target ? '' : target
    const cells = [name, streams, p50.toFixed(1), p99.toFixed(1), `${Math.round(pace * 100)} %`, Math.round(cpuPer1000), Math.round(rssMb)]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| server | streams | p50 ms | p99 ms | pace | CPU ms per 1,000 chunks | MB |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |'
  return `${head}\n${lines.join('\n')}`
}
