import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { compressStatic } from './compress-static.mjs'
import { bin, root, step } from './run.mjs'
import { hashOf, readStamp, writeStamp } from './stamps.mjs'

const STAMP = '.next/rill-build.json'
const INPUTS = [
  'app',
  'components',
  'lib',
  'public',
  'prisma',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'next.config.js',
  'vercel.json',
  'postcss.config.mjs',
  'tailwind.config.ts',
  'proxy.ts',
  'instrumentation.ts',
]

/**
 * Builds the app unless what it is made of is what the last finished build was made of. `isStandalone`: with
 * `.next/standalone` beside it, a folder that runs without the packages.
 */
export async function ensureBuild({ isStandalone = false } = {}) {
  const inputs = hashOf(INPUTS, (path) => /\.test\.tsx?$|\/testing\//.test(path))
  const last = readStamp(STAMP)
  if (last.inputs === inputs && (last.isStandalone || !isStandalone)) return
  rmSync(join(root, STAMP), { force: true })
  await step('Building…', process.execPath, [bin('next'), 'build'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      RILL_BUILD_ID: inputs.slice(0, 20),
      RILL_STANDALONE: isStandalone ? '1' : '',
      RILL_BROTLI: '1',
    },
  })
  compressStatic(join(root, '.next', 'static'))
  writeStamp(STAMP, { inputs, isStandalone })
}
