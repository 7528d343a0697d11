import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import { createTestServerDatabase, databaseKinds, describeEach } from '#lib/db/testing/database.ts'
import type { ListChange, Snapshot } from '#lib/protocol/index.ts'
import { openRuntime, type Runtime } from '#lib/runtime.ts'
import { createDecoder } from '#lib/sse/index.ts'
import * as approval from './approvals/[approvalId]/route.ts'
import * as messages from './sessions/[sessionId]/messages/route.ts'
import * as restore from './sessions/[sessionId]/restore/route.ts'
import * as session from './sessions/[sessionId]/route.ts'
import * as listEvents from './sessions/events/route.ts'
import { call, shared, type Visitor, visitor } from './testing/client.ts'

describeEach(databaseKinds)('the stream of the list of sessions (%s)', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'rill-list-'))
  /** The second instance is there where there can be one. */
  let runtimes: Runtime[]
  let dropDatabase: (() => Promise<void>) | undefined

  beforeAll(async () => {
    const config = join(folder, 'rill.config.json')
    writeFileSync(config, JSON.stringify({ approval: { calculator: 'ask' } }))
    const database = kind === 'postgres' ? await createTestServerDatabase() : undefined
    dropDatabase = database?.drop
    const env = {
      HOST: '127.0.0.1',
      PORT: '1',
      RILL_DATA_DIR: join(folder, 'data'),
      RILL_CONFIG: config,
      RILL_DEMO_TOKENS_PER_SECOND: '1000',
      ...(database && { DATABASE_URL: database.url, RILL_SECRET: 'x'.repeat(32) }),
    }
    runtimes = [await openRuntime(readConfig(env))]
    if (database) runtimes.push(await openRuntime(readConfig(env)))
    askInstance(0)
  })
  afterAll(async () => {
    shared.rillRuntime = undefined
    for (const runtime of runtimes) await runtime.stop()
    await dropDatabase?.()
    rmSync(folder, { recursive: true })
  })

  function askInstance(index: number): void {
    const runtime = runtimes[index]
    if (runtime) shared.rillRuntime = Promise.resolve(runtime)
  }

  /** Follows a visitor's list, on the instance that is used now. */
  async function follow({ headers }: Pick<Visitor, 'headers'>) {
    const leave = new AbortController()
    const response = await call(listEvents.GET, '/api/sessions/events', { headers, signal: leave.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const changes: ListChange[] = []
    const reading = (async () => {
      const decoder = createDecoder()
      for await (const bytes of response.body as ReadableStream<Uint8Array>)
        for (const { event, data } of decoder.push(bytes)) {
          const change = JSON.parse(data) as ListChange
          expect(change.type).toBe(event)
          changes.push(change)
        }
    })()
    return {
      changes,
      /** The last that was said of a session. */
      last: (sessionId: string) =>
        changes.findLast(
          (one) => (one.type === 'list:changed' ? one.session.id : one.type === 'list:removed' && one.sessionId) === sessionId,
        ),
      async leave() {
        leave.abort()
        await reading
      },
    }
  }

  const send = ({ headers, sessionId }: Visitor, text: string) =>
    call(messages.POST, `/api/sessions/${sessionId}/messages`, { headers, params: { sessionId }, json: { text } })
  const change = ({ headers, sessionId }: Visitor, method: 'PATCH' | 'DELETE', json?: unknown) =>
    call(method === 'PATCH' ? session.PATCH : session.DELETE, `/api/sessions/${sessionId}`, {
      method,
      headers,
      params: { sessionId },
      ...(json !== undefined && { json }),
    })

  test('begins with the page, then says what changes: a title, work, its end, a deletion, and that it was taken back', async () => {
    const one = await visitor()
    askInstance(1)
    const list = await follow(one)
    askInstance(0)
    await expect
      .poll(() => list.changes[0])
      .toMatchObject({ type: 'list:page', sessions: [{ id: one.sessionId, active: false }], nextCursor: null })
    await change(one, 'PATCH', { title: 'New' })
    await expect.poll(() => list.last(one.sessionId)).toMatchObject({ session: { title: 'New', active: false, waiting: false } })
    await send(one, 'Hello')
    await expect
      .poll(() => list.changes)
      .toContainEqual(
        expect.objectContaining({ type: 'list:changed', session: expect.objectContaining({ id: one.sessionId, active: true }) }),
      )
    await expect.poll(() => list.last(one.sessionId)).toMatchObject({ session: { active: false } })
    await change(one, 'DELETE')
    await expect.poll(() => list.last(one.sessionId)).toEqual({ type: 'list:removed', sessionId: one.sessionId })
    await call(restore.POST, `/api/sessions/${one.sessionId}/restore`, {
      method: 'POST',
      headers: one.headers,
      params: { sessionId: one.sessionId },
    })
    await expect.poll(() => list.last(one.sessionId)).toMatchObject({ session: { title: 'New' } })
    await list.leave()
  })

  test('what waits for the user is told, and that it was decided', async () => {
    const one = await visitor()
    const list = await follow(one)
    await send(one, 'use calculator {"expression": "6 * 7"}')
    await expect.poll(() => list.last(one.sessionId)).toMatchObject({ session: { active: true, waiting: true } })
    const snapshot = (await (
      await call(session.GET, `/api/sessions/${one.sessionId}`, { headers: one.headers, params: { sessionId: one.sessionId } })
    ).json()) as Snapshot
    const asking = snapshot.activeRun?.answer?.parts.find((part) => part.type === 'tool' && part.status === 'awaiting-approval')
    const approvalId = asking?.type === 'tool' && asking.status === 'awaiting-approval' ? asking.approvalId : ''
    await call(approval.POST, `/api/approvals/${approvalId}`, { headers: one.headers, params: { approvalId }, json: { approved: true } })
    await expect.poll(() => list.last(one.sessionId)).toMatchObject({ session: { active: false, waiting: false } })
    await list.leave()
  })

  test('what others have is told to nobody else', async () => {
    const one = await visitor()
    const other = await visitor()
    const list = await follow(one)
    await change(other, 'PATCH', { title: 'Secret' })
    await change(one, 'PATCH', { title: 'Mine' })
    await expect.poll(() => list.last(one.sessionId)).toMatchObject({ session: { title: 'Mine' } })
    expect(JSON.stringify(list.changes)).not.toContain(other.sessionId)
    await list.leave()
  })

  test('other methods are refused', async () => {
    const response = await call(listEvents.POST, '/api/sessions/events', { method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })
})
