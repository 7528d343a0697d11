import 'server-only'
import * as z from 'zod'
import type { RunLimits } from '#lib/agent/index.ts'
import { priceOf } from '#lib/agent/models/prices.ts'
import { AppError } from '#lib/protocol/index.ts'
import { type ModelConfig, type ModelsConfig, modelsFromEnv } from '#lib/providers/index.ts'
import vercel from '../vercel.json' with { type: 'json' }
import { type ConfigFile, readConfigFile } from './config-file.ts'
import { givenIn } from './environment.ts'

const port = z.coerce.number().int().min(1).max(65_535)
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address, like https://chat.example.org' })
const text = z.string().min(1)
const flag = z
  .enum(['0', '1'], 'must be 1 or 0')
  .default('0')
  .transform((value) => value === '1')
const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')

/** How long Vercel lets a function run is said once, where Vercel reads it. */
const FUNCTION_SECONDS = vercel.functions['app/**/*'].maxDuration

const environment = z.object({
  PORT: port.default(3000),
  HOST: text.optional(),
  RILL_DATA_DIR: text.default('.data'),
  RILL_SECRET: z.string().min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32').optional(),
  RILL_PUBLIC_URL: url.optional(),
  RILL_SYSTEM_PROMPT: text.optional(),
  RILL_WEB_FETCH: flag,
  RILL_MAX_RUNS: z.coerce.number().int().min(1).max(100_000).default(1_000),
  RILL_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).optional(),
  RILL_DB_POOL: z.coerce.number().int().min(2).max(1_000).default(10),
  RILL_MAX_STEPS: z.coerce.number().int().min(1).max(10_000).optional(),
  RILL_MAX_TOKENS: z.coerce.number().int().min(1).optional(),
  RILL_MAX_RUN_SECONDS: z.coerce.number().int().min(1).max(43_200).optional(),
  RILL_MAX_COST: z.coerce.number().positive().optional(),
  RILL_CONTEXT_TOKENS: z.coerce.number().int().min(1_000).optional(),
  RILL_FUNCTION_SECONDS: z.coerce.number().int().min(5).max(3_600).default(FUNCTION_SECONDS),
  RILL_LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  RILL_LOG_FORMAT: z.enum(['json', 'text']).optional(),
  RILL_LOG_CONTENT: flag,
  RILL_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters; make one with: openssl rand -base64 32').optional(),
  RILL_MCP_SIGN_IN: flag,
  CRON_SECRET: z.string().min(16, 'must have at least 16 characters; make one with: openssl rand -base64 32').optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_DIRECT_URL: databaseUrl.optional(),
})

export interface Config {
  port: number
  /** True when only this machine can reach the server. */
  isLoopback: boolean
  /** Where this machine reaches the server. */
  ownUrl: string
  dataFolder: string
  secret?: string
  publicUrl?: string
  systemPrompt?: string
  /** Whether models may read pages of the public web. */
  webFetch: boolean
  maxRuns: number
  /** What one run may take: where nothing is said, the agent's own limits. */
  limits: Partial<RunLimits>
  /** Tokens that the model can hold, where it is not known by its name. */
  contextTokens?: number
  /** How long a SIGTERM lets running steps go on. */
  drainMs: number
  poolSize: number
  /** Where the process may work only while a request is under way: how long, in ms. */
  shiftMs?: number
  log: LogConfig
  /** Lets a scraper read the metrics from elsewhere. */
  metricsToken?: string
  /** Lets a scheduler look for runs that were left. */
  cronSecret?: string
  databaseUrl?: string
  /** Around a pooler that gives each statement another connection. */
  databaseDirectUrl?: string
  /** What answers where nothing was chosen: `models.default`. */
  model: ModelConfig
  models: ModelsConfig
  /** What the file that `RILL_CONFIG` names says. */
  file: ConfigFile
  /** Whether every visitor may sign in to MCP servers, for all. */
  mcpSignIn: boolean
}

export interface LogConfig {
  level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /** Without it: text for a terminal, JSON for all else. */
  format?: 'json' | 'text'
  /** Whether what people, models and tools say is in it. */
  withContent: boolean
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1'])

function ownUrl(host = '127.0.0.1', port: number): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/** The configuration, or an `AppError` `config-invalid` whose message names each variable that is wrong. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = givenIn(env)
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new AppError('config-invalid', `The configuration is not valid.\n${lines.join('\n')}`)
  }
  const {
    PORT,
    HOST,
    RILL_DATA_DIR,
    RILL_SECRET,
    RILL_PUBLIC_URL,
    RILL_SYSTEM_PROMPT,
    RILL_WEB_FETCH,
    RILL_MAX_RUNS,
    RILL_DRAIN_MS,
    RILL_DB_POOL,
    RILL_MAX_STEPS,
    RILL_MAX_TOKENS,
    RILL_MAX_RUN_SECONDS,
    RILL_MAX_COST,
    RILL_CONTEXT_TOKENS,
    RILL_FUNCTION_SECONDS,
    RILL_LOG_LEVEL,
    RILL_LOG_FORMAT,
    RILL_LOG_CONTENT,
    RILL_METRICS_TOKEN,
    RILL_MCP_SIGN_IN,
    CRON_SECRET,
    DATABASE_URL,
    DATABASE_DIRECT_URL,
  } = parsed.data
  const isFunction = isServerless(given)
  const file = readConfigFile(given)
  const models = modelsFromEnv(given)
  checkPrice(RILL_MAX_COST, models.default, file)
  if (isFunction && DATABASE_URL === undefined)
    throw new AppError('config-invalid', 'DATABASE_URL is needed here: a function keeps no files. Any PostgreSQL from 15 on will do.')
  return {
    port: PORT,
    ownUrl: ownUrl(HOST, PORT),
    isLoopback: HOST !== undefined && LOOPBACK.has(HOST),
    dataFolder: RILL_DATA_DIR,
    webFetch: RILL_WEB_FETCH,
    maxRuns: RILL_MAX_RUNS,
    limits: {
      ...(RILL_MAX_STEPS !== undefined && { steps: RILL_MAX_STEPS }),
      ...(RILL_MAX_TOKENS !== undefined && { tokens: RILL_MAX_TOKENS }),
      ...(RILL_MAX_RUN_SECONDS !== undefined && { durationMs: RILL_MAX_RUN_SECONDS * 1_000 }),
      ...(RILL_MAX_COST !== undefined && { cost: RILL_MAX_COST }),
    },
    ...(RILL_CONTEXT_TOKENS !== undefined && { contextTokens: RILL_CONTEXT_TOKENS }),
    // Alone on its data, a server that stops sooner is sooner back.
    drainMs: RILL_DRAIN_MS ?? (DATABASE_URL === undefined || isFunction ? 0 : 25_000),
    poolSize: RILL_DB_POOL,
    model: models.default,
    models,
    file,
    mcpSignIn: RILL_MCP_SIGN_IN,
    log: {
      level: RILL_LOG_LEVEL,
      withContent: RILL_LOG_CONTENT,
      ...(RILL_LOG_FORMAT !== undefined && { format: RILL_LOG_FORMAT }),
    },
    ...(isFunction && { shiftMs: RILL_FUNCTION_SECONDS * 1_000 - marginMs(RILL_FUNCTION_SECONDS) }),
    ...(RILL_METRICS_TOKEN !== undefined && { metricsToken: RILL_METRICS_TOKEN }),
    ...(CRON_SECRET !== undefined && { cronSecret: CRON_SECRET }),
    ...(RILL_SECRET !== undefined && { secret: RILL_SECRET }),
    ...(RILL_PUBLIC_URL !== undefined && { publicUrl: RILL_PUBLIC_URL }),
    ...(RILL_SYSTEM_PROMPT !== undefined && { systemPrompt: RILL_SYSTEM_PROMPT }),
    ...(DATABASE_URL !== undefined && { databaseUrl: DATABASE_URL }),
    ...(DATABASE_DIRECT_URL !== undefined && { databaseDirectUrl: DATABASE_DIRECT_URL }),
  }
}

/** A limit that could never be reached is none. */
function checkPrice(maxCost: number | undefined, { provider, model }: ModelConfig, { prices }: ConfigFile): void {
  const name = `${provider}/${model}`
  if (maxCost === undefined || priceOf({ provider, model }, prices)) return
  throw new AppError(
    'config-invalid',
    `RILL_MAX_COST needs the price of ${name}: say in rill.config.json what a million tokens cost, as {"prices": {"${name}": {"input": 1, "output": 2}}}.`,
    { field: 'RILL_MAX_COST' },
  )
}

/** True where a process may work only while a request is under way. */
export function isServerless(env: Record<string, string | undefined>): boolean {
  return Boolean(env.VERCEL || env.RILL_SERVERLESS)
}

/** What a function needs before its first line of ours, and at its end: a tenth of its time, from 3 s to 10 s. */
function marginMs(functionSeconds: number): number {
  return Math.min(Math.max(functionSeconds * 100, 3_000), 10_000)
}
