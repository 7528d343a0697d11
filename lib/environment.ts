import 'server-only'
import { readFileSync } from 'node:fs'
import { AppError } from '#lib/protocol/index.ts'

/** What may be given as a file, as Docker and Kubernetes mount secrets: `NAME_FILE` names it. */
const SECRETS = [
  'RILL_SECRET',
  'CRON_SECRET',
  'RILL_METRICS_TOKEN',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
]

/**
 * What is set: an empty variable counts as not set (that is what most tools make of `NAME=`), and a secret that is not set is read
 * from the file that `NAME_FILE` names, without white space around it. Throws `config-invalid` for a file that cannot be read or is empty.
 */
export function givenIn(env: Record<string, string | undefined>): Record<string, string> {
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value.trim() !== '') given[name] = value
  for (const name of SECRETS) {
    const path = given[`${name}_FILE`]
    if (path !== undefined) given[name] ??= readSecret(`${name}_FILE`, path)
  }
  return given
}

function readSecret(name: string, path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new AppError('config-invalid', `The configuration is not valid.\n${name}: ${path} cannot be read (${code})`, { cause: error })
  }
  if (text === '') throw new AppError('config-invalid', `The configuration is not valid.\n${name}: ${path} is empty`)
  return text
}
