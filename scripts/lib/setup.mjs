import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root, SetupError, step } from './run.mjs'
import { hashOf, readStamp, writeStamp } from './stamps.mjs'
import { isAtLeast } from './versions.mjs'

/** The oldest Node that Rill's dependencies run on, and the one that npm brings where the machine's is older. */
const OLDEST_NODE = '22.12.0'
const NODE_PACKAGE = 'node@24.21.0'
const STAMP = 'node_modules/.rill-setup.json'

/** Installs what is missing and generates the database client. Does nothing on a tree that has not changed. */
export async function setUp() {
  await ensureDependencies()
  await ensureNode()
  await ensureGenerated()
}

async function ensureDependencies() {
  const lock = hashOf(['package-lock.json'])
  if (readStamp(STAMP).lock === lock) return
  // Not "npm ci": it refuses a lockfile that does not name every platform's binaries (docs/decisions/0006). No package that
  // Rill needs has an install script; those that have one would download engines.
  await step('Installing packages…', 'npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'])
  writeStamp(STAMP, { lock })
}

/** Puts a Node that is new enough first on the PATH, and goes on under it. */
async function ensureNode() {
  // Installing packages removes the Node that was brought here before, even if it is the one that runs this.
  if (isAtLeast(process.versions.node, OLDEST_NODE) && existsSync(process.execPath)) return
  const node = join(root, 'node_modules', 'node', 'bin', 'node')
  if (!existsSync(node)) {
    await step(`The Node of this machine is older than ${OLDEST_NODE}: installing ${NODE_PACKAGE} for this project…`, 'npm', [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts=false',
      NODE_PACKAGE,
    ])
  }
  if (!existsSync(node)) throw new SetupError(`${NODE_PACKAGE} did not install. Install Node ${OLDEST_NODE} or newer and try again.`)
  await goOnUnder(node)
}

/** Runs this same script under another Node, passes signals on, and ends with its exit code. */
async function goOnUnder(node) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: { ...process.env, PATH: path } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.exit(await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))))
}

async function ensureGenerated() {
  const schema = hashOf(['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'])
  if (readStamp(STAMP).schema === schema && existsSync(join(root, 'lib/db/generated/client.ts'))) return
  await step('Generating the database client…', process.execPath, [bin('prisma'), 'generate'])
  writeStamp(STAMP, { schema })
}
