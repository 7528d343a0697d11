import 'server-only'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretPath } from '#lib/auth/secret.ts'
import { type Config, readConfig } from '#lib/config.ts'
import type { Driver } from '#lib/db/driver.ts'
import { internalToken } from '#lib/http/internal.ts'
import { reasonOf } from '#lib/report.ts'
import type { Finding } from './check.ts'
import { examine } from './doctor.ts'
import { tableOf } from './table.ts'

const PATH = '/api/internal/doctor'
/** Longer than any check takes. */
const ANSWER_MS = 40_000

/** Asks the server that runs here, which alone can open an embedded database; without one looks from here. */
async function diagnose(): Promise<{ by: string; findings: Finding[] }> {
  let config: Config
  try {
    config = readConfig(process.env)
  } catch (error) {
    const found = reasonOf(error).replace('The configuration is not valid.\n', '')
    return { by: 'Rill would not start.', findings: [{ name: 'configuration', status: 'failed', found, change: 'See .env.example.' }] }
  }
  const secret = config.secret ?? keptSecretIn(config)
  const answer = await askServer(config.ownUrl, secret)
  if (Array.isArray(answer)) return { by: `The server at ${config.ownUrl} looked.`, findings: answer }
  const findings = await examineHere(config, secret, answer !== null)
  if (answer === null) return { by: `No server runs at ${config.ownUrl}: looked from here.`, findings }
  const change = 'Stop it, or set PORT and RILL_SECRET (or RILL_DATA_DIR) as that server has them.'
  return { by: 'Looked from here.', findings: [{ name: 'server', status: 'failed', found: answer, change }, ...findings] }
}

function keptSecretIn({ databaseUrl, dataFolder }: Config): string | undefined {
  const path = secretPath(dataFolder)
  return databaseUrl === undefined && existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** What the server found; else what is wrong with what answers there, or null when nobody does. */
async function askServer(ownUrl: string, secret = ''): Promise<Finding[] | string | null> {
  try {
    const headers = { authorization: `Bearer ${internalToken(secret, PATH)}` }
    const response = await fetch(`${ownUrl}${PATH}`, { headers, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })
    if (response.ok) return ((await response.json()) as { findings: Finding[] }).findings
    return `what runs at ${ownUrl} answers ${response.status}: it has another secret, or is no Rill of this version`
  } catch (error) {
    const reason = reasonOf(error)
    return reason.includes('ECONNREFUSED') ? null : `what runs at ${ownUrl} gives no answer: ${reason}`
  }
}

async function examineHere(config: Config, secret: string | undefined, isServing: boolean): Promise<Finding[]> {
  const isThere = existsSync(join(config.dataFolder, 'postgres'))
  let opening: Promise<Driver> | undefined
  const openEmbedded = () => {
    opening ??= import('#lib/db/embedded.ts').then((embedded) => embedded.openEmbedded(config.dataFolder))
    return opening
  }
  const findings = await examine({ config, secret, openEmbedded: isThere ? openEmbedded : null, isServing })
  // Where it did not open, that is among the findings.
  await opening?.then((driver) => driver.close()).catch(() => {})
  return findings
}

const { by, findings } = await diagnose()
const hasFailed = findings.some(({ status }) => status === 'failed')
const text = process.argv.includes('--json') ? JSON.stringify({ ok: !hasFailed, by, findings }, null, 2) : `${by}\n\n${tableOf(findings)}`
// A connection to a frozen server may never end: once the text is out, so is this.
process.stdout.write(`${text}\n`, () => process.exit(hasFailed ? 1 : 0))
