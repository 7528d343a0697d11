import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DCLinter } from 'dclint'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '#lib/config.ts'
import { checkSameSite, isLocalScript } from '#lib/http/same-site.ts'
import { contextFiles } from './testing/build-image.ts'
import { commandOf, pairsOf, type Stage, stagesOf } from './testing/dockerfile.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const { version, license } = JSON.parse(read('package.json')) as { version: string; license: string }

const dockerfile = read('Dockerfile')
const image = stagesOf(dockerfile).at(-1) as Stage
const last = (keyword: string) => image.instructions.findLast((instruction) => instruction.keyword === keyword)

interface Service {
  image: string
  build?: unknown
  profiles?: string[]
  network_mode?: string
  read_only?: boolean
  cap_drop?: string[]
  command?: string[]
  environment: Record<string, string>
  env_file?: unknown[]
  ports?: string[]
  volumes: string[]
  networks: string[]
  stop_grace_period: string
  depends_on: Record<string, { condition: string }>
}
const compose = parse(read('compose.yaml'), { merge: true }) as {
  services: Record<'app' | 'database' | 'password' | 'secrets' | 'tools', Service>
  networks: Record<string, { internal?: boolean } | null>
  volumes: Record<string, unknown>
}

test('the Dockerfile is one', () => {
  expect(validate(dockerfile)).toEqual([])
})

test('the image is made of an image without a shell, by another that stays behind', () => {
  const [build, ...rest] = stagesOf(dockerfile)
  expect(rest).toEqual([image])
  expect(build?.name).toBe('build')
  expect(image.image).toMatch(/^gcr\.io\/distroless\/nodejs24-debian13:nonroot$/)
  expect(image.instructions.filter(({ keyword }) => keyword === 'RUN' || keyword === 'SHELL')).toEqual([])
  expect(image.instructions.filter(({ keyword, flags }) => keyword === 'COPY' && flags.from !== 'build')).toEqual([])
})

test('it runs one process, which the signals reach, as a user that may only write to the volume', () => {
  expect(commandOf(image)).toEqual(['/nodejs/bin/node', 'start.mjs'])
  expect(last('STOPSIGNAL')?.args).toEqual(['SIGTERM'])
  expect(last('USER')?.args).toEqual(['65532:65532'])
  expect(last('VOLUME')?.args).toEqual(['/data'])
  const owned = image.instructions.filter(({ keyword, flags }) => keyword === 'COPY' && flags.chown !== undefined)
  expect(owned.map(({ args }) => args.at(-1))).toEqual(['/data'])
  expect(pairsOf(image, 'ENV')).toMatchObject({ HOST: '0.0.0.0', RILL_DATA_DIR: '/data', NODE_ENV: 'production' })
})

test('it says whether it is well, without a shell', () => {
  const check = last('HEALTHCHECK')
  expect(JSON.parse(check?.text.replace(/^CMD /, '') ?? '')).toEqual(['/nodejs/bin/node', 'healthcheck.mjs'])
  expect(check?.flags).toMatchObject({ interval: '10s', timeout: '5s' })
})

test('its labels are what package.json says', () => {
  expect(pairsOf(image, 'LABEL')).toMatchObject({
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': license,
    'org.opencontainers.image.base.name': image.image,
  })
})

test('the builder gets what it needs, and no data, secret, test or package', () => {
  const files = contextFiles(root)
  expect(files).toEqual(expect.arrayContaining(['package-lock.json', 'vercel.json', 'prisma/schema.prisma', 'deploy/container/start.mjs']))
  const unwanted = /(^|\/)(node_modules|\.next|\.git|\.data|generated|testing|e2e|bench)\/|\.env|\.test\./
  expect(files.filter((file) => unwanted.test(file))).toEqual([])
})

/** What the specification forbids in a compose file; the linter's rules of style are left out. */
function faultsOf(path: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] })
  const messages = linter.lintFiles([path], false).flatMap((file) => file.messages)
  return messages.filter(({ rule }) => rule.startsWith('invalid-')).map(({ message }) => message)
}

test('compose.yaml is as the specification has it', () => {
  expect(faultsOf(join(root, 'compose.yaml'))).toEqual([])
  const folder = mkdtempSync(join(tmpdir(), 'rill-compose-'))
  writeFileSync(join(folder, 'compose.yaml'), read('compose.yaml').replace('stop_grace_period', 'stop_grace'))
  expect(faultsOf(join(folder, 'compose.yaml')).join()).toContain('additional properties')
  rmSync(folder, { recursive: true })
})

test('compose.yaml ships no password: each installation makes its own, and nothing is set that must be', () => {
  const { app, database, password, secrets } = compose.services
  expect(read('compose.yaml')).not.toMatch(/PASSWORD: |:\/\/[^@\s]*:[^@\s]*@|\$\{[A-Z_]+(:?\?|\})/)
  expect(app.environment).toMatchObject({
    DATABASE_URL: '',
    DATABASE_URL_FILE: '/data/database-url',
    RILL_SECRET_FILE: '/data/rill-secret',
  })
  expect(database.environment.POSTGRES_PASSWORD_FILE).toBe('/run/rill/postgres-password')
  expect(secrets.command?.[0]).toBe('make-secrets.mjs')
  for (const dependency of [app.depends_on.secrets, database.depends_on.password, password.depends_on.secrets])
    expect(dependency?.condition).toBe('service_completed_successfully')
})

test('compose.yaml starts in order, keeps data in volumes, and lets in only this machine', () => {
  const { app, database } = compose.services
  expect(app.depends_on.database?.condition).toBe('service_healthy')
  expect(app.ports).toEqual([`\${HOST:-127.0.0.1}:\${PORT:-3000}:3000`])
  expect(database.ports).toBeUndefined()
  expect(database.networks.map((name) => compose.networks[name]?.internal)).toEqual([true])
  expect(database.volumes).toContain('database:/var/lib/postgresql')
  const named = Object.values(compose.services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
  expect(new Set(named.filter((name) => /^[a-z]+$/.test(name)))).toEqual(new Set(Object.keys(compose.volumes)))
})

test('the container of the database gets its password, and nothing else that is secret', () => {
  const { database, password } = compose.services
  expect(database.volumes).toEqual(['database:/var/lib/postgresql', 'password:/run/rill:ro'])
  // What hands it over reads all, and can neither change it nor tell anyone.
  expect(password).toMatchObject({ network_mode: 'none', read_only: true, cap_drop: ['ALL'] })
  expect(password.volumes).toEqual(['secrets:/secrets:ro', 'password:/data'])
  const folder = mkdtempSync(join(tmpdir(), 'rill-secrets-'))
  try {
    const within = (text: string) => text.replace(/\/(?=(secrets|data)\b)/g, `${folder}/`)
    execFileSync(process.execPath, [
      join(root, 'deploy/container/make-secrets.mjs'),
      within('/secrets'),
      'postgres://rill@database:5432/rill',
    ])
    mkdirSync(within('/data'))
    // Each start does it again.
    for (let start = 0; start < 2; start += 1) execFileSync(process.execPath, (password.command ?? []).map(within))
    expect(readdirSync(within('/data'))).toEqual(['postgres-password'])
    const { password: kept } = new URL(readFileSync(within('/secrets/database-url'), 'utf8'))
    expect(readFileSync(within('/data/postgres-password'), 'utf8')).toBe(kept)
    expect(statSync(within('/data/postgres-password')).mode & 0o077).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('under compose.yaml the server knows its name: this machine comes in by each of its own, a rebound name does not', () => {
  const { RILL_PUBLIC_URL: address = '', ...env } = compose.services.app.environment
  expect(address).toBe(`\${RILL_PUBLIC_URL:-http://localhost:\${PORT:-3000}}`)
  const { isLoopback, publicUrl } = readConfig({ HOST: env.HOST, RILL_PUBLIC_URL: 'http://localhost:8080' })
  const door = { isLoopback, ...(publicUrl !== undefined && { publicUrl }) }
  const enter = (host: string) => () =>
    checkSameSite(new Headers({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }), door)
  for (const host of ['localhost:8080', '127.0.0.1:8080']) expect(enter(host), host).not.toThrow()
  for (const host of ['rebound.example:8080', '192.168.0.2:8080']) expect(enter(host), host).toThrow(/Set RILL_PUBLIC_URL/)
  // As without it: who comes through a published port is not known to be this machine's owner.
  expect(isLocalScript(new Headers({ host: 'localhost:8080' }), door)).toBe(false)
})

test('compose.yaml has what backs up, restores and looks: it starts when it is called, with the settings of the server', () => {
  const { app, tools } = compose.services
  expect(tools).toMatchObject({ profiles: ['tools'], build: { context: '.', target: 'build' }, networks: ['default', 'database'] })
  expect(tools.volumes).toEqual(['secrets:/data:ro', '.:/out'])
  expect(tools.ports).toBeUndefined()
  expect(tools.env_file).toEqual(app.env_file)
  expect({ ...tools.environment, RILL_PUBLIC_URL: '', HOST: '' }).toEqual({ ...app.environment, RILL_PUBLIC_URL: '', HOST: '' })
  expect(tools.environment.HOST).toBe('app')
  const builder = stagesOf(dockerfile)[0]
  expect(builder?.name).toBe('build')
  expect(builder?.instructions.some(({ keyword, args }) => keyword === 'COPY' && args.join(' ') === '. .')).toBe(true)
  const files = ['backup', 'restore', 'doctor'].map((name) => `scripts/${name}.mjs`)
  expect(contextFiles(root)).toEqual(
    expect.arrayContaining([...files, 'lib/backup/backup-main.ts', 'lib/backup/restore-main.ts', 'lib/doctor/main.ts']),
  )
})

test('compose.yaml gives the server nothing to write to, and time to hand over', () => {
  const { app } = compose.services
  expect(app).toMatchObject({ read_only: true, cap_drop: ['ALL'], volumes: ['secrets:/data:ro'] })
  // RILL_DRAIN_MS is 25 s by itself, and the stop takes up to 10.
  expect(Number.parseInt(app.stop_grace_period, 10)).toBeGreaterThan(35)
})
