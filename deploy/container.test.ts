import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DCLinter } from 'dclint'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
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
  services: Record<'app' | 'database' | 'secrets', Service>
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
  const { app, database, secrets } = compose.services
  expect(read('compose.yaml')).not.toMatch(/PASSWORD: |:\/\/[^@\s]*:[^@\s]*@|\$\{[A-Z_]+(:?\?|\})/)
  expect(app.environment).toMatchObject({
    DATABASE_URL: '',
    DATABASE_URL_FILE: '/data/database-url',
    RILL_SECRET_FILE: '/data/rill-secret',
  })
  expect(database.environment.POSTGRES_PASSWORD_FILE).toBe('/secrets/postgres-password')
  expect(secrets.command?.[0]).toBe('make-secrets.mjs')
  for (const service of [app, database]) expect(service.depends_on.secrets?.condition).toBe('service_completed_successfully')
})

test('compose.yaml starts in order, keeps data in volumes, and lets in only this machine', () => {
  const { app, database, secrets } = compose.services
  expect(app.depends_on.database?.condition).toBe('service_healthy')
  expect(app.ports).toEqual([`\${HOST:-127.0.0.1}:\${PORT:-3000}:3000`])
  expect(database.ports).toBeUndefined()
  expect(database.networks.map((name) => compose.networks[name]?.internal)).toEqual([true])
  expect(database.volumes).toContain('database:/var/lib/postgresql')
  const named = [app, database, secrets].flatMap(({ volumes }) => volumes).map((volume) => volume.split(':')[0])
  expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)))
})

test('compose.yaml gives the server nothing to write to, and time to hand over', () => {
  const { app } = compose.services
  expect(app).toMatchObject({ read_only: true, cap_drop: ['ALL'], volumes: ['secrets:/data:ro'] })
  // RILL_DRAIN_MS is 25 s by itself, and the stop takes up to 10.
  expect(Number.parseInt(app.stop_grace_period, 10)).toBeGreaterThan(35)
})
