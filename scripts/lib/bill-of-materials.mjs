import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, step } from './run.mjs'

/**
 * All packages that the app runs on, with versions, licences and hashes, from the lockfile: a CycloneDX document. Of what was bundled
 * nothing else says that it is there.
 */
export async function billOfMaterials() {
  // "npm sbom --omit=dev" leaves out what a development package wants too (npm 11: react and zod). So the lockfile is first cut down.
  const folder = mkdtempSync(join(tmpdir(), 'rill-packages-'))
  try {
    const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    cpSync(join(root, 'package-lock.json'), join(folder, 'package-lock.json'))
    const npm = (title, ...args) => step(title, 'npm', ['--prefix', folder, ...args])
    await npm('Leaving out what only developers need…', 'install', '--package-lock-only', '--offline', '--no-audit', '--no-fund')
    return await npm('Listing what is inside…', 'sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
