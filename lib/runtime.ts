import 'server-only'
import { DextoAgent } from '#lib/agent/index.ts'
import { type Auth, createAuth, createMcpCredentials, keptSecret } from '#lib/auth/index.ts'
import { type Config, readConfig } from '#lib/config.ts'
import { type Database, openDatabase } from '#lib/db/database.ts'
import { MIGRATIONS_FOLDER } from '#lib/db/migrate.ts'
import { createEventLog, createMemoryBus, createSharedBus, createSqlStorage, type EventLog } from '#lib/log/index.ts'
import { createMcpServers, type McpServers } from '#lib/mcp/index.ts'
import { logger, openObservability } from '#lib/observe/index.ts'
import type { Metrics } from '#lib/observe/metrics.ts'
import { AppError, newId } from '#lib/protocol/index.ts'
import { countIgnored, createModels, type Models } from '#lib/providers/index.ts'
import { report } from '#lib/report.ts'
import { countRuns, createShifts, createSqlStore, openRunQueue, type Shifts, startWorker } from '#lib/runs/index.ts'
import { createListFeed, createPrompts, createSessions, type ListFeed, type Prompts, type Sessions } from '#lib/sessions/index.ts'
import { webFetch } from '#lib/tools/index.ts'

/** Everything that a request needs, chosen from the environment once a process. */
export interface Runtime {
  config: Config
  db: Database
  log: EventLog
  agent: DextoAgent
  /** All that the configured providers offer. */
  models: Models
  mcp: McpServers
  sessions: Sessions
  /** What changes in the list of a user's sessions. */
  feed: ListFeed
  prompts: Prompts
  auth: Auth
  /** How often the provider sent what this version does not know, by its name. */
  ignored: ReadonlyMap<string, number>
  metrics: Pick<Metrics, 'contentType' | 'read'>
  /** Where the process may work only while a request is under way. */
  shifts?: Shifts
  /** Takes up runs that other processes left, and removes what is kept no longer. Returns how many runs are not over. */
  recover(): Promise<number>
  /** Signs cookies, and what a program shows at an internal route. */
  secret: string
  /** False once `drain` was called. */
  readonly takesWork: boolean
  /** Takes no messages and no runs any more. Resolves when the runs here have ended the step that they were in, or were let go. */
  drain(): Promise<void>
  /** Hands runs over, commits what waits, closes the database and releases the data folder. */
  stop(): Promise<void>
}

const SYSTEM_PROMPT = 'You are a helpful assistant. Answer in the language of the user, in GitHub-flavoured Markdown.'
/** How long the events of a finished run are kept: a reader that was away for less resumes without a fresh snapshot. */
const KEPT_MS = 60 * 60_000
const CLEAN_UP_MS = 5 * 60_000
const RECOVER_MS = 30_000
/** How often readers look at the log where nothing tells them that it grew. */
const POLL_MS = 250

/** Opens all parts in order. Throws an `AppError` that says what to change. */
export async function openRuntime(config: Config): Promise<Runtime> {
  const db = await openDatabase({
    dataFolder: config.dataFolder,
    migrationsFolder: MIGRATIONS_FOLDER,
    poolSize: config.poolSize,
    onError: report,
    isFrozen: config.shiftMs !== undefined,
    ...(config.databaseUrl !== undefined && { url: config.databaseUrl }),
    ...(config.databaseDirectUrl !== undefined && { directUrl: config.databaseDirectUrl }),
  })
  try {
    return await openOn(db, config)
  } catch (error) {
    await db.close()
    throw error
  }
}

async function openOn(db: Database, config: Config): Promise<Runtime> {
  const secret = config.secret ?? (db.kind === 'embedded' ? keptSecret(config.dataFolder) : undefined)
  if (secret === undefined)
    throw new AppError(
      'config-invalid',
      'RILL_SECRET is needed with DATABASE_URL: it signs cookies. Make one with: openssl rand -base64 32',
    )
  const { channel } = db
  const { shiftMs } = config
  const storage = createSqlStorage(db)
  const instanceId = newId()
  const bus = channel ? createSharedBus(channel, instanceId, storage) : createMemoryBus(shiftMs === undefined ? null : POLL_MS)
  const observing = await openObservability({
    env: process.env,
    logsContent: config.log.withContent,
    countRuns: () => countRuns(db),
    onError: report,
  })
  const log = createEventLog(storage, bus, { observer: observing.log })
  const feed = createListFeed({
    log,
    ownersOf: (sessionIds) => ownersOf(db, sessionIds),
    ...(channel && { channel }),
    instanceId,
    isDeaf: shiftMs !== undefined,
    counts: observing.lists,
    onError: report,
  })
  const queue = await openRunQueue(db, report)
  /** Lost, it costs a poll or a heartbeat. */
  const tellOthers = (topic: 'cancel' | 'work', text = '') => void channel?.send(topic, text).catch(report)
  const ignored = countIgnored((what, provider) =>
    report(`The provider ${provider} sent ${what}, which this version does not know; it is ignored.`),
  )
  const refused = countIgnored((what, provider) => report(`The provider ${provider} refused ${what}; it is asked without.`))
  const models = createModels(config.models, { onIgnored: ignored.count, onRefused: refused.count })
  let takesWork = true
  const mcp = createMcpServers({
    servers: config.file.mcpServers,
    credentials: createMcpCredentials(db, secret),
    redirectUrl: new URL('/api/mcp/callback', config.publicUrl ?? config.ownUrl).href,
    // It may be what people said.
    log: (server, line) => logger()?.debug({ mcpServer: server }, line),
    report: (server, problem) => report(`The MCP server ${server}: ${problem}`),
    isFrozen: shiftMs !== undefined,
  })
  const agent = new DextoAgent({
    llm: models.default,
    models,
    systemPrompt: config.systemPrompt ?? SYSTEM_PROMPT,
    tools: config.webFetch ? [webFetch] : [],
    store: createSqlStore(db, log, {
      jobs: queue,
      announceCancel: (runId) => tellOthers('cancel', runId),
    }),
    observer: observing.observer,
    onError: (what, error) => report(new Error(what, { cause: error })),
    mcpServers: mcp,
    policies: config.file.policies,
    prices: config.file.prices,
    // A call that cannot end in a whole shift would be begun again and again.
    limits: { ...config.limits, ...(shiftMs !== undefined && { callMs: 0.8 * shiftMs }) },
    ...(config.contextTokens !== undefined && { contextTokens: config.contextTokens }),
    dispatch: () => (takesWork ? worker.wake() : tellOthers('work')),
  })
  const worker = startWorker({
    queue,
    execute: (runId, signal) => agent.execute(runId, signal),
    findCancelled: (runIds) => findCancelled(db, runIds),
    stop: (runId) => agent.stopHere(runId),
    announce: () => tellOthers('work'),
    onError: report,
    capacity: config.maxRuns,
    // Without a channel, that is how a Stop gets here.
    ...(shiftMs !== undefined && { isPaused: true, pollMs: 1_000, heartbeatMs: 1_000 }),
  })
  channel?.subscribe('cancel', (runId) => agent.stopHere(runId))
  channel?.subscribe('work', worker.wake)
  for (const name of agent.unknownPolicies) report(`The configuration says in "approval" when ${name} may run, and there is no such tool.`)
  await agent.start()
  if (db.kind === 'embedded') await queue.releaseAll(await openRunIds(db))
  worker.wake()
  const sessions = createSessions(db, agent, log)
  const auth = createAuth({ db, secret, ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl }) })
  const clean = () => cleanUp({ log, agent, sessions, auth })
  const cleaning = setInterval(() => void clean().catch(report), CLEAN_UP_MS)

  let recoveredAt = Number.NEGATIVE_INFINITY
  async function recover(): Promise<number> {
    recoveredAt = performance.now()
    await queue.recover()
    worker.wake()
    await clean()
    return (await openRunIds(db)).length
  }

  /** The timers of a frozen process stand still. */
  async function tidy(): Promise<void> {
    await agent.settled()
    if (performance.now() - recoveredAt > RECOVER_MS) await recover().catch(report)
  }

  /** Nothing that is open survives the freeze. */
  async function rest(): Promise<void> {
    await observing.flush()
    await mcp.rest()
    await db.rest()
  }

  return {
    ...(shiftMs !== undefined && { shifts: createShifts({ worker, durationMs: shiftMs, tidy, rest }) }),
    metrics: observing.metrics,
    recover,
    config,
    db,
    log,
    agent,
    models,
    mcp,
    sessions,
    feed,
    prompts: createPrompts(db),
    auth,
    secret,
    ignored: ignored.counts,
    get takesWork() {
      return takesWork
    },
    drain() {
      takesWork = false
      agent.drain()
      return worker.drain()
    },
    async stop() {
      clearInterval(cleaning)
      await worker.stop()
      await agent.stop()
      await queue.stop()
      await log.close()
      await feed.close()
      await bus.close()
      await db.close()
      await observing.stop()
    },
  }
}

/** Runs that nobody can be working on, when this process has the database to itself. */
async function openRunIds(db: Database): Promise<string[]> {
  const rows = await db.query<{ id: string }>("SELECT id FROM runs WHERE status IN ('pending', 'running')")
  return rows.map((row) => row.id)
}

async function ownersOf(db: Database, sessionIds: readonly string[]): Promise<{ sessionId: string; userId: string }[]> {
  const rows = await db.query<{ id: string; user_id: string }>(
    'SELECT id, user_id FROM sessions WHERE id = ANY($1::uuid[]) AND user_id IS NOT NULL',
    [sessionIds],
  )
  return rows.map((row) => ({ sessionId: row.id, userId: row.user_id }))
}

async function findCancelled(db: Database, runIds: string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>('SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND cancel_requested_at IS NOT NULL', [
    runIds,
  ])
  return rows.map((row) => row.id)
}

async function cleanUp({ log, agent, sessions, auth }: Pick<Runtime, 'log' | 'agent' | 'sessions' | 'auth'>): Promise<void> {
  await agent.expireApprovals()
  await agent.purgeDeleted()
  await log.prune(new Date(Date.now() - KEPT_MS))
  await sessions.purge()
  await auth.purge()
}

/** Next loads a module once for its instrumentation and once for its routes: the runtime must be one. */
const shared = globalThis as typeof globalThis & { rillRuntime?: Promise<Runtime> | undefined }

/** This process's runtime, opened on first use. A failure is not kept: the next call tries again. */
export function getRuntime(): Promise<Runtime> {
  shared.rillRuntime ??= Promise.resolve()
    .then(() => openRuntime(readConfig(process.env)))
    .catch((error: unknown) => {
      shared.rillRuntime = undefined
      throw error
    })
  return shared.rillRuntime
}
