import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** npm as far as it matters here: packages are installed without the Node that nobody saved; asked for, it is brought again. */
const NPM = `#!/bin/sh
case "$*" in
  *node@*) mkdir -p node_modules/node/bin && cp spare-node node_modules/node/bin/node ;;
  *) rm -rf node_modules/node ;;
esac
`

test('set-up survives that npm removes the Node which runs it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rill-setup-'))
  const programs = join(folder, 'programs')
  const node = join(folder, 'node_modules/node/bin/node')
  try {
    for (const path of [programs, join(folder, 'node_modules/node/bin'), join(folder, 'node_modules/.bin')])
      mkdirSync(path, { recursive: true })
    cpSync(import.meta.dirname, join(folder, 'scripts/lib'), { recursive: true })
    cpSync(process.execPath, join(folder, 'spare-node'))
    cpSync(process.execPath, node)
    writeFileSync(join(programs, 'npm'), NPM, { mode: 0o755 })
    writeFileSync(join(folder, 'node_modules/.bin/prisma'), '')
    writeFileSync(join(folder, 'package-lock.json'), '{}')
    writeFileSync(join(folder, 'main.mjs'), "import { setUp } from './scripts/lib/setup.mjs'\nawait setUp()\nconsole.log('set up')\n")
    const { stdout, stderr } = spawnSync(node, [join(folder, 'main.mjs')], {
      env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/installing node@.*\n.*\nset up\n$/)
    expect(existsSync(node)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
