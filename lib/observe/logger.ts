import 'server-only'
import pino, { type Logger } from 'pino'
import type { Config } from '#lib/config.ts'
import { reportTo } from '#lib/report.ts'
import { readableLine } from './readable-line.ts'
import { createScrubber, secretsOf } from './scrub.ts'

export interface Line {
  write(line: string): void
}

/** Next loads a module once for its instrumentation and once for its routes: the log must be one. */
const shared = globalThis as typeof globalThis & { rillLogger?: Logger | undefined }

/**
 * The server's log from here on: what is reported goes there, and what runs do. One line of JSON each, or one for people to read.
 * No secret that the configuration knows is in it.
 */
export function startLogging(config: Pick<Config, 'log'>, env: Record<string, string | undefined>, out?: Line): void {
  const logger = createLogger(config, env, out ?? pino.destination({ dest: 1, sync: true }))
  shared.rillLogger = logger
  reportTo((problem) => {
    const { msg, level, ...rest } = problem
    logger[level](rest, msg)
  })
}

/** The log of this process; undefined where none was started, as in tests and programs. */
export function logger(): Logger | undefined {
  return shared.rillLogger
}

/** For tests: as it was before. */
export function stopLogging(): void {
  shared.rillLogger = undefined
  reportTo(undefined)
}

function createLogger({ log }: Pick<Config, 'log'>, env: Record<string, string | undefined>, out: Line): Logger {
  const format = log.format ?? (process.stdout.isTTY ? 'text' : 'json')
  const scrub = createScrubber(secretsOf(env))
  return pino(
    {
      level: log.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => out.write(scrub(format === 'text' ? readableLine(line) : line)) },
  )
}
