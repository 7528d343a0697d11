import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild } from './lib/build.mjs'
import { ensureChromium } from './lib/chromium.mjs'
import { ensurePostgres } from './lib/postgres.mjs'
import { playwrightCounts, singleCount, summaryLine, total, vitestCounts } from './lib/results.mjs'
import { bin, root, run, runMain, SetupError } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

const reports = join(root, 'test-results')
const minutes = (count) => count * 60_000

/** Every gate, in the order in which they are quickest to fail. Each gets the environment that the test needs. */
const stages = {
  lint: () => node('biome', ['check', '--error-on-warnings', '.'], 2).then(singleCount),
  layers: () =>
    node('depcruise', ['--config', '.dependency-cruiser.cjs', 'lib', 'app', 'components', 'proxy.ts', 'instrumentation.ts'], 3).then(
      singleCount,
    ),
  typecheck: () => node('tsc', ['--noEmit', '-p', '.'], 5).then(singleCount),
  unit: async () => {
    const report = join(reports, 'vitest.json')
    const postgres = await ensurePostgres()
    if (!postgres) warnWithoutPostgres()
    try {
      const env = { ...process.env, ...(postgres && { TEST_DATABASE_URL: postgres.url }) }
      return vitestCounts(
        report,
        await node('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], 15, env),
      )
    } finally {
      await postgres?.stop()
    }
  },
  e2e: async () => {
    const report = join(reports, 'playwright.json')
    const chromium = await ensureChromium()
    await ensureBuild()
    const env = { ...process.env, RILL_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
    return playwrightCounts(report, await node('playwright', ['test'], 45, env))
  },
}

async function node(program, args, limit, env = process.env) {
  return (await run(process.execPath, [bin(program), ...args], { env, limitMs: minutes(limit) })).code
}

function warnWithoutPostgres() {
  const line = '='.repeat(78)
  console.warn(`${line}\nSKIPPED: the suites on PostgreSQL. None was found; set TEST_DATABASE_URL, or install it.\n${line}`)
  if (process.env.CI) throw new SetupError('CI must test on PostgreSQL.')
}

await runMain(async () => {
  await setUp()
  const wanted = process.argv.slice(2)
  const unknown = wanted.filter((name) => !Object.hasOwn(stages, name))
  if (unknown.length > 0)
    throw new SetupError(`There is no stage ${unknown.join(', ')}. The stages are: ${Object.keys(stages).join(', ')}.`)
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  const done = []
  for (const name of wanted.length > 0 ? wanted : Object.keys(stages)) {
    const began = Date.now()
    console.log(`\n── ${name}`)
    const counts = await stages[name]().catch((error) => {
      console.error(error instanceof SetupError ? error.message : error)
      return singleCount(1)
    })
    done.push({ name, counts, seconds: Math.round((Date.now() - began) / 1_000) })
  }
  console.log('')
  for (const { name, counts, seconds } of done)
    console.log(`${name.padEnd(10)} ${String(seconds).padStart(4)} s  ${summaryLine(counts).replaceAll(',', ' ·')}`)
  const sum = total(done)
  if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1
  console.log(`\n${summaryLine(sum)}`)
})
