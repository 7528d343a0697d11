import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root, step } from './run.mjs'
import { hashOf, readStamp, writeStamp } from './stamps.mjs'

const STAMP = '.next/rill-build.json'
const INPUTS = [
  'app',
  'components',
  'lib',
  'public',
  'prisma/schema.prisma',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'next.config.js',
  'postcss.config.mjs',
  'tailwind.config.ts',
  'proxy.ts',
  'instrumentation.ts',
]

/** Builds the app unless what it is made of is what the last finished build was made of. */
export async function ensureBuild() {
  const inputs = hashOf(INPUTS, (path) => /\.test\.tsx?$|\/testing\//.test(path))
  if (readStamp(STAMP).inputs === inputs) return
  rmSync(join(root, STAMP), { force: true })
  await step('Building…', process.execPath, [bin('next'), 'build'], {
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', RILL_BUILD_ID: inputs.slice(0, 20) },
  })
  writeStamp(STAMP, { inputs })
}
