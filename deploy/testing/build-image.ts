import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import ignore from '@balena/dockerignore'
import { commandOf, type Instruction, pairsOf, type Stage, stagesOf } from './dockerfile.ts'

/** What a Dockerfile makes, as a folder. */
export interface Image {
  /** What the container sees as `/`. */
  root: string
  /** Where it works, seen from within. */
  workdir: string
  env: Record<string, string>
  command: string[]
  user: number
}

/**
 * Carries out a folder's Dockerfile without a container engine: the same files, the same commands, an empty environment. Stands in
 * for the images that it begins from: this machine's system, and the Node that runs this at `/nodejs/bin/node`. Every command
 * must name what it makes by a relative path. `into`: an empty folder. `packages`: a `node_modules` that the first stage finds in
 * place, as a builder finds a layer that it made before from the same lockfile.
 */
export function buildImage(context: string, into: string, packages?: string): Image {
  const stages = stagesOf(readFileSync(join(context, 'Dockerfile'), 'utf8'))
  const made = new Map<string, string>()
  let workdir = '/'
  for (const stage of stages) {
    const root = join(into, stage.name ?? 'image')
    made.set(stage.name ?? 'image', root)
    if (packages !== undefined && stage === stages[0]) placePackages(packages, root, stage)
    workdir = buildStage(stage, root, (from) => (from === undefined ? contextOf(context, into) : (made.get(from) ?? '')))
  }
  const last = stages.at(-1) as Stage
  const root = join(into, last.name ?? 'image')
  const node = join(root, 'nodejs', 'bin', 'node')
  mkdirSync(dirname(node), { recursive: true })
  cpSync(process.execPath, node)
  const user = Number(last.instructions.findLast(({ keyword }) => keyword === 'USER')?.args[0]?.split(':')[0])
  return { root, workdir, env: pairsOf(last, 'ENV'), command: commandOf(last), user }
}

function placePackages(packages: string, root: string, { instructions }: Stage): void {
  const workdir = join(root, instructions.find(({ keyword }) => keyword === 'WORKDIR')?.args[0] ?? '')
  mkdirSync(workdir, { recursive: true })
  // Links where the file system has them: there are many files.
  const isLinked = spawnSync('cp', ['-al', packages, workdir], { stdio: 'ignore' }).status === 0
  if (!isLinked) cpSync(packages, join(workdir, 'node_modules'), { recursive: true, verbatimSymlinks: true })
}

function buildStage(stage: Stage, root: string, sourceOf: (from?: string) => string): string {
  mkdirSync(root, { recursive: true })
  let workdir = '/'
  for (const instruction of stage.instructions) {
    if (instruction.keyword === 'WORKDIR') {
      workdir = posix.resolve(workdir, instruction.args[0] ?? '')
      mkdirSync(join(root, workdir), { recursive: true })
    } else if (instruction.keyword === 'COPY') copy(instruction, sourceOf(instruction.flags.from), root, workdir)
    else if (instruction.keyword === 'RUN') {
      const env = { ...registryEnvironment(), ...pairsOf(stage, 'ENV') } as NodeJS.ProcessEnv
      execFileSync('sh', ['-ec', instruction.text], { cwd: join(root, workdir), env, stdio: ['ignore', 'ignore', 'inherit'] })
    }
  }
  return workdir
}

/** An empty environment, but for how this machine reaches the package registry. What it has cached stands in for a mounted cache. */
function registryEnvironment(): Record<string, string | undefined> {
  const { HOME, PATH } = process.env
  const reaching = Object.entries(process.env).filter(([name]) =>
    /^(npm_config_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_.*|(https?|no)_proxy)$/i.test(name),
  )
  return {
    ...Object.fromEntries(reaching),
    npm_config_prefer_offline: 'true',
    npm_config_fetch_retries: '0',
    HOME,
    PATH: `${dirname(process.execPath)}:${PATH}`,
  }
}

function copy({ args, flags }: Instruction, source: string, root: string, workdir: string): void {
  const target = args.at(-1) ?? ''
  for (const from of args.slice(0, -1)) {
    const path = join(source, from)
    const isFolder = statSync(path).isDirectory()
    const to = join(root, posix.resolve(workdir, target), !isFolder && target.endsWith('/') ? basename(from) : '')
    cpSync(path, to, { recursive: true, verbatimSymlinks: true })
    const [user, group] = (flags.chown ?? '').split(':').map(Number)
    if (user !== undefined && group !== undefined && process.getuid?.() === 0) chownSync(to, user, group)
  }
}

/** What of a folder its `.dockerignore` lets through, as the builder gets it. */
function contextOf(folder: string, into: string): string {
  const copied = join(into, 'context')
  if (existsSync(copied)) return copied
  for (const path of contextFiles(folder)) cpSync(join(folder, path), join(copied, path))
  return copied
}

/** The files that `.dockerignore` lets through, by their paths in the folder. */
export function contextFiles(folder: string): string[] {
  const rules = readFileSync(join(folder, '.dockerignore'), 'utf8').split('\n')
  const ignored = ignore().add(rules)
  const visit = (path: string): string[] =>
    readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
      const inner = posix.join(path, entry.name)
      const isLeft = ignored.ignores(inner)
      if (!entry.isDirectory()) return isLeft ? [] : [inner]
      return isLeft && !rules.some((rule) => rule.startsWith(`!${inner}/`)) ? [] : visit(inner)
    })
  return visit('')
}

/** Takes the right to write from everything in a folder, as a read-only file system does. */
export function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) makeReadOnly(path)
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o555)
  }
  chmodSync(folder, 0o555)
}
