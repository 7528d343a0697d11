import { cpSync, existsSync, globSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { billOfMaterials } from './lib/bill-of-materials.mjs'
import { ensureBuild } from './lib/build.mjs'
import { root, runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

const folder = join(root, '.next', 'standalone')
const copy = (from, to) => existsSync(join(root, from)) && cpSync(join(root, from), join(folder, to), { recursive: true })

/** Makes `.next/standalone` all that a container needs beside Node: `node start.mjs` in it starts the server. */
await runMain(async () => {
  await setUp()
  await ensureBuild({ isStandalone: true })
  // What Next leaves to a content delivery network, where there is one.
  copy('.next/static', '.next/static')
  copy('public', 'public')
  copy('deploy/container', '.')
  copy('LICENSE', 'LICENSE')
  // Next takes some packages whole, with their tests.
  for (const path of globSync('node_modules/{*,@*/*}/test', { cwd: folder })) rmSync(join(folder, path), { recursive: true })
  writeFileSync(join(folder, 'rill.cdx.json'), await billOfMaterials())
  // Next copies the project's variables, which are this machine's.
  for (const name of ['.env', '.env.production']) rmSync(join(folder, name), { force: true })
  console.log('.next/standalone is ready: node start.mjs there starts the server.')
})
