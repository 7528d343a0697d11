import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Client } from './client.ts'
import { type RillServer, startRill } from './server.ts'
import { streamOf, type Target } from './targets.ts'

export interface Instances {
  servers: RillServer[]
  /** Reads or writes the database that they share. */
  database: pg.Client
  stop(): Promise<void>
}

/** Several instances on one PostgreSQL, on a database of their own. */
export async function startInstances(count: number, postgresUrl: string, providerUrl: string): Promise<Instances> {
  const url = await createDatabase(postgresUrl)
  const dataFolder = mkdtempSync(join(tmpdir(), 'rill-scale-'))
  const env = { DATABASE_URL: url, RILL_SECRET: 'bench'.repeat(8), OPENAI_BASE_URL: providerUrl, RILL_MAX_RUNS: '5000', RILL_DRAIN_MS: '0' }
  const servers = await Promise.all(Array.from({ length: count }, () => startRill({ dataFolder, env })))
  const database = new pg.Client({ connectionString: url })
  await database.connect()
  return {
    servers,
    database,
    async stop() {
      await database.end()
      await Promise.all(servers.map((server) => server.stop('SIGKILL')))
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Runs that are accepted, and so carried out, by one instance, and read on another. */
export function acrossTarget(name: string, writer: RillServer, reader: RillServer): Target {
  const client = new Client(writer.url)
  return {
    name,
    pid: reader.pid,
    async open(signal) {
      const sessionId = await client.createSession('Bench')
      const { cursor } = await client.send(sessionId, 'Go')
      return streamOf(await fetch(`${reader.url}/api/sessions/${sessionId}/events?after=${cursor}`, { signal }))
    },
    stop: async () => {},
  }
}

async function createDatabase(postgresUrl: string): Promise<string> {
  const name = `scale_${crypto.randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  return url.href
}
