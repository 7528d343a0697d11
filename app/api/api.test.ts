import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Config, readConfig } from '#lib/config.ts'
import { createTestServerDatabase, databaseKinds, describeEach } from '#lib/db/testing/database.ts'
import type { Finding } from '#lib/doctor/index.ts'
import { internalToken } from '#lib/http/internal.ts'
import { parseExposition, type Sample, valueIn } from '#lib/observe/testing/exposition.ts'
import {
  emptyState,
  newId,
  parseStreamEvent,
  type RillEvent,
  reduceAll,
  type SessionInfo,
  type Snapshot,
  textOf,
} from '#lib/protocol/index.ts'
import { openRuntime, type Runtime } from '#lib/runtime.ts'
import { createDecoder } from '#lib/sse/index.ts'
import * as nothing from './[...path]/route.ts'
import * as chatStream from './chat/stream/route.ts'
import * as health from './health/route.ts'
import * as copy from './internal/copy/route.ts'
import * as doctor from './internal/doctor/route.ts'
import * as doctorStream from './internal/doctor/stream/route.ts'
import * as metrics from './metrics/route.ts'
import * as models from './models/route.ts'
import * as ready from './ready/route.ts'
import * as cancel from './runs/[runId]/cancel/route.ts'
import * as branch from './sessions/[sessionId]/branch/route.ts'
import * as events from './sessions/[sessionId]/events/route.ts'
import * as rating from './sessions/[sessionId]/messages/[messageId]/rating/route.ts'
import * as oneMessage from './sessions/[sessionId]/messages/[messageId]/route.ts'
import * as restoreMessages from './sessions/[sessionId]/messages/restore/route.ts'
import * as messages from './sessions/[sessionId]/messages/route.ts'
import * as regenerate from './sessions/[sessionId]/regenerate/route.ts'
import * as restore from './sessions/[sessionId]/restore/route.ts'
import * as retry from './sessions/[sessionId]/retry/route.ts'
import * as session from './sessions/[sessionId]/route.ts'
import * as sessions from './sessions/route.ts'
import { call, type Init, read, shared, untilComplete, visitor } from './testing/client.ts'

describeEach(databaseKinds)('the API (%s)', (kind) => {
  let runtime: Runtime
  let dataFolder: string
  let dropDatabase: (() => Promise<void>) | undefined
  beforeAll(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'rill-api-'))
    const database = kind === 'postgres' ? await createTestServerDatabase() : undefined
    dropDatabase = database?.drop
    const env = {
      HOST: '127.0.0.1',
      PORT: '1',
      RILL_DATA_DIR: dataFolder,
      RILL_DEMO_TOKENS_PER_SECOND: '1000',
      ...(database && { DATABASE_URL: database.url, RILL_SECRET: 'x'.repeat(32) }),
    }
    runtime = await openRuntime(readConfig(env))
    shared.rillRuntime = Promise.resolve(runtime)
  })
  afterAll(async () => {
    shared.rillRuntime = undefined
    await runtime.stop()
    await dropDatabase?.()
    rmSync(dataFolder, { recursive: true })
  })

  const snapshotOf = async (headers: Record<string, string>, sessionId: string) =>
    (await (await call(session.GET, `/api/sessions/${sessionId}`, { headers, params: { sessionId } })).json()) as Snapshot
  const send = (headers: Record<string, string>, sessionId: string, json: unknown) =>
    call(messages.POST, `/api/sessions/${sessionId}/messages`, { headers, params: { sessionId }, json })
  const follow = (headers: Record<string, string>, sessionId: string, after: number | string, signal?: AbortSignal) =>
    call(events.GET, `/api/sessions/${sessionId}/events?after=${after}`, { headers, params: { sessionId }, ...(signal && { signal }) })

  const poll = (headers: Record<string, string>, sessionId: string, after: number, wait: number | string, signal?: AbortSignal) =>
    follow(headers, sessionId, `${after}&wait=${wait}`, signal)

  test('models are listed, chosen for a session, and answer it; what is not configured is refused', async () => {
    const { headers, sessionId } = await visitor()
    const listed = await call(models.GET, '/api/models', { headers })
    expect(await listed.json()).toEqual({ default: 'demo/demo', providers: [{ provider: 'demo', models: [{ id: 'demo', name: 'Demo' }] }] })
    expect((await call(models.POST, '/api/models', { headers, json: {} })).status).toBe(405)

    const chosen = { model: 'demo/other', reasoningEffort: 'high' }
    const created = await call(sessions.POST, '/api/sessions', { headers, json: chosen })
    expect(await created.json()).toMatchObject(chosen)
    const change = (json: unknown) =>
      call(session.PATCH, `/api/sessions/${sessionId}`, { method: 'PATCH', headers, params: { sessionId }, json })
    expect(await (await change({ model: 'demo/other' })).json()).toMatchObject({ model: 'demo/other' })
    const { cursor } = (await (await send(headers, sessionId, { text: 'Hello' })).json()) as { cursor: number }
    const seen = await untilComplete(await follow(headers, sessionId, cursor))
    expect(seen.find((event) => event.type === 'run:started')).toMatchObject({ provider: 'demo', model: 'other' })

    for (const refused of [
      await change({ title: 'New', model: 'openai/x' }),
      await call(sessions.POST, '/api/sessions', { headers, json: { model: 'x' } }),
    ]) {
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({
        error: { code: 'invalid-request', field: 'model', message: expect.stringContaining('demo') },
      })
    }
    expect((await snapshotOf(headers, sessionId)).session).toMatchObject({ model: 'demo/other' })
    expect((await snapshotOf(headers, sessionId)).session.title).not.toBe('New')
  })

  test('a session is made by the id that its client chose, once, and not by one that another has', async () => {
    const [{ headers }, { headers: others }] = [await visitor(), await visitor()]
    const id = newId()
    const create = (by: Record<string, string>, json: unknown) => call(sessions.POST, '/api/sessions', { headers: by, json })
    const created = await Promise.all([create(headers, { id, title: 'Mine' }), create(headers, { id, title: 'Mine' })])
    expect(created.map(({ status }) => status)).toEqual([201, 201])
    expect((await snapshotOf(headers, id)).session).toMatchObject({ id, title: 'Mine' })
    const taken = await create(others, { id })
    expect(taken.status).toBe(409)
    expect(await taken.json()).toMatchObject({ error: { code: 'conflict', field: 'id' } })
    expect((await create(headers, { id: 'mine' })).status).toBe(400)
    await call(session.DELETE, `/api/sessions/${id}`, { method: 'DELETE', headers, params: { sessionId: id } })
    expect((await create(headers, { id })).status).toBe(409)
  })

  test('a message goes in, the answer streams out, and the snapshot says the same', async () => {
    const { headers, sessionId } = await visitor()
    const accepted = await send(headers, sessionId, { text: 'Hello' })
    expect(accepted.status).toBe(202)
    const { cursor, runId } = (await accepted.json()) as { cursor: number; runId: string }
    const response = await follow(headers, sessionId, 0)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const seen = await untilComplete(response)
    expect(seen.map((event) => event.seq)).toEqual(seen.map((_, index) => index + 1))
    expect(seen.find((event) => event.type === 'message:created')).toMatchObject({ seq: cursor, runId })
    const snapshot = await snapshotOf(headers, sessionId)
    const folded = reduceAll(emptyState({ id: sessionId, title: null, createdAt: '', updatedAt: '' }), seen)
    expect(snapshot.messages).toEqual(folded.messages)
    const response_ = seen.find((event) => event.type === 'llm:response')
    expect(response_?.type === 'llm:response' && response_.content).toBe(textOf(snapshot.messages[1]?.parts ?? []))
    expect(seen.map((event) => (event.type === 'llm:chunk' && event.chunkType === 'text' ? event.content : '')).join('')).toBe(
      textOf(snapshot.messages[1]?.parts ?? []),
    )
  })

  test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'a reader cut after every %i. event ends with the same state',
    async (every) => {
      const { headers, sessionId } = await visitor()
      await send(headers, sessionId, { text: 'What is 3 * 4?' })
      let state = emptyState({ id: sessionId, title: null, createdAt: '', updatedAt: '' })
      while (state.messages.length < 2) {
        const leave = new AbortController()
        let count = 0
        for await (const event of read(await follow(headers, sessionId, state.cursor, leave.signal))) {
          expect(event.seq).toBe(state.cursor + 1)
          state = reduceAll(state, [event])
          if (++count === every || event.type === 'run:complete') break
        }
        leave.abort()
      }
      const whole = await untilComplete(await follow(headers, sessionId, 0))
      expect(state.messages).toEqual(reduceAll(emptyState(state.session), whole).messages)
      expect((await snapshotOf(headers, sessionId)).messages).toEqual(state.messages)
    },
  )

  test('a reader cut at random bytes ends with the same state', async () => {
    const { headers, sessionId } = await visitor()
    await send(headers, sessionId, { text: 'What is 3 * 4?' })
    let state = emptyState({ id: sessionId, title: null, createdAt: '', updatedAt: '' })
    for (let bytesLeft = 150; state.messages.length < 2; bytesLeft = 50 + ((bytesLeft * 7919) % 1_500)) {
      const decoder = createDecoder()
      const leave = new AbortController()
      const response = await follow(headers, sessionId, state.cursor, leave.signal)
      let left = bytesLeft
      for await (const bytes of response.body as ReadableStream<Uint8Array>) {
        for (const message of decoder.push(bytes.subarray(0, left))) {
          const event = parseStreamEvent(message.data)
          if (event && event.type !== 'session:reset') state = reduceAll(state, [event])
        }
        left -= bytes.length
        if (left <= 0 || state.messages.length === 2) break
      }
      leave.abort()
    }
    expect((await snapshotOf(headers, sessionId)).messages).toEqual(state.messages)
  })

  test('200 double submits are 200 runs', async () => {
    const { headers, sessionId } = await visitor()
    const ids = Array.from({ length: 200 }, () => newId())
    const both = await Promise.all(
      ids.flatMap((id) => [send(headers, sessionId, { id, text: 'hi' }), send(headers, sessionId, { id, text: 'hi' })]),
    )
    expect(both.every((response) => response.status === 202)).toBe(true)
    const runIds = new Set(await Promise.all(both.map(async (response) => ((await response.json()) as { runId: string }).runId)))
    expect(runIds.size).toBe(200)
    const [row] = await runtime.db.query<{ count: number }>('SELECT count(*)::int AS count FROM runs WHERE session_id = $1', [sessionId])
    expect(row?.count).toBe(200)
    const snapshot = await snapshotOf(headers, sessionId)
    const answered = snapshot.messages.filter((message) => message.role === 'user')
    expect(snapshot.queue.length + answered.length).toBe(200)
    await call(session.DELETE, `/api/sessions/${sessionId}`, { method: 'DELETE', headers, params: { sessionId } })
  })

  test('an id that another message has is refused, and nothing is done', async () => {
    const { headers, sessionId } = await visitor()
    const other = await visitor()
    const { messageId } = (await (await send(headers, sessionId, { text: 'hello' })).json()) as { messageId: string }
    await untilComplete(await follow(headers, sessionId, 0))
    const answerId = (await snapshotOf(headers, sessionId)).messages[1]?.id
    const refused = [
      await send(headers, sessionId, { id: answerId, text: 'x' }),
      await send(other.headers, other.sessionId, { id: messageId, text: 'x' }),
    ]
    for (const response of refused) {
      expect(response.status).toBe(409)
      expect(await response.json()).toEqual({ error: { code: 'conflict', message: 'Another message has this id.', field: 'id' } })
    }
    expect((await snapshotOf(other.headers, other.sessionId)).messages).toEqual([])
  })

  test('two tabs that send at once lose nothing', async () => {
    const { headers, sessionId } = await visitor()
    await Promise.all([send(headers, sessionId, { text: 'from one' }), send(headers, sessionId, { text: 'from the other' })])
    await vi.waitFor(async () => expect((await snapshotOf(headers, sessionId)).messages.length).toBe(4), { timeout: 15_000, interval: 100 })
    const { messages: said } = await snapshotOf(headers, sessionId)
    expect(said.map((message) => message.role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  })

  test('stop ends the run, is idempotent, and the next message works', async () => {
    const { headers, sessionId } = await visitor()
    const { runId } = (await (await send(headers, sessionId, { text: 'a long story' })).json()) as { runId: string }
    const stop = () => call(cancel.POST, `/api/runs/${runId}/cancel`, { method: 'POST', headers, params: { runId } })
    let end: RillEvent | undefined
    for await (const event of read(await follow(headers, sessionId, 0))) {
      if (event.type === 'llm:chunk') expect((await stop()).status).toBe(202)
      end = event
      if (event.type === 'run:complete') break
    }
    expect(end).toMatchObject({ finishReason: 'cancelled' })
    expect((await stop()).status).toBe(202)
    await send(headers, sessionId, { text: 'hello' })
    await vi.waitFor(async () => expect((await snapshotOf(headers, sessionId)).messages.length).toBe(4), { timeout: 10_000, interval: 100 })
    const again = await call(retry.POST, `/api/sessions/${sessionId}/retry`, { method: 'POST', headers, params: { sessionId } })
    expect(again.status).toBe(202)
  })

  /** Sends, and reads to the end of the answer. Returns the ids of the message and of its answer. */
  async function converse(
    headers: Record<string, string>,
    sessionId: string,
    json: object,
  ): Promise<{ messageId: string; answerId: string }> {
    const accepted = await send(headers, sessionId, json)
    expect(accepted.status).toBe(202)
    const { messageId, cursor } = (await accepted.json()) as { messageId: string; cursor: number }
    const seen = await untilComplete(await follow(headers, sessionId, cursor - 1))
    const begun = seen.find((event) => event.type === 'run:started')
    return { messageId, answerId: begun?.type === 'run:started' ? begun.messageId : '' }
  }

  test('an id in capitals names the same session and the same message, everywhere', async () => {
    const { headers } = await visitor()
    const [sessionId, id] = [newId(), newId()]
    const told = new Set<string>()
    const stop = runtime.log.onCommitted((entries) => {
      for (const entry of entries) told.add(entry.sessionId)
    })
    const create = (asked: string) => call(sessions.POST, '/api/sessions', { headers, json: { id: asked } })
    for (const asked of [sessionId.toUpperCase(), sessionId]) {
      expect((await create(asked)).status).toBe(201)
      expect(await (await create(asked)).json()).toMatchObject({ id: sessionId })
    }
    expect((await converse(headers, sessionId, { id: id.toUpperCase(), text: 'What is 3 * 4?' })).messageId).toBe(id)
    const seen = await untilComplete(await follow(headers, sessionId, 0))
    stop()
    expect([...told]).not.toContain(sessionId.toUpperCase())
    expect(seen.slice(0, 2)).toMatchObject([{ type: 'session:created' }, { type: 'message:created', message: { id } }])
  })

  test('a message is said anew, its answer given again by another model, and each branch can be shown', async () => {
    const { headers, sessionId } = await visitor()
    const params = { sessionId }
    const first = await converse(headers, sessionId, { text: 'What is 3 * 4?' })
    const id = newId()
    const second = await converse(headers, sessionId, { id, text: 'What is 5 * 6?', replaces: first.messageId.toUpperCase() })
    expect(second.messageId).toBe(id)
    expect((await send(headers, sessionId, { id, text: 'What is 5 * 6?', replaces: first.messageId })).status).toBe(202)
    const ask = (json: object) => call(regenerate.POST, '/x', { headers, params, json })
    const again = await ask({ messageId: second.answerId, model: 'demo/other' })
    expect(again.status).toBe(202)
    const { cursor, messageId } = (await again.json()) as { cursor: number; messageId: string }
    expect(messageId).toBe(second.messageId)
    const seen = await untilComplete(await follow(headers, sessionId, cursor - 1))
    expect(seen.slice(0, 2)).toMatchObject([
      { type: 'run:created', messageId: second.messageId },
      { type: 'run:started', parentId: second.messageId, model: 'other' },
    ])
    const snapshot = await snapshotOf(headers, sessionId)
    const third = snapshot.messages[1]?.id ?? ''
    expect(snapshot.branches).toEqual({ '': [first.messageId, second.messageId], [second.messageId]: [second.answerId, third] })
    expect(snapshot.session.model).toBeUndefined()

    const show = (shown: string) => call(branch.POST, '/x', { headers, params, json: { messageId: shown } })
    expect((await show(first.messageId)).status).toBe(200)
    expect((await snapshotOf(headers, sessionId)).messages.map((message) => message.id)).toEqual([first.messageId, first.answerId])
    await show(second.answerId)
    expect((await snapshotOf(headers, sessionId)).messages.map((message) => message.id)).toEqual([second.messageId, second.answerId])

    expect((await ask({ messageId: third, model: 'openai/x' })).status).toBe(400)
    expect((await ask({})).status).toBe(400)
    expect((await ask({ messageId: newId() })).status).toBe(404)
    expect((await show(newId())).status).toBe(404)
    expect((await send(headers, sessionId, { text: 'x', replaces: newId() })).status).toBe(404)
    expect((await send(headers, sessionId, { text: 'x', replaces: 'x' })).status).toBe(400)
  })

  test('a branch is left alone while an answer is being written', async () => {
    const { headers, sessionId } = await visitor()
    const { messageId, answerId } = await converse(headers, sessionId, { text: 'hello' })
    await send(headers, sessionId, { text: 'Tell me a long story about the sea' })
    const params = { sessionId }
    const refused = await Promise.all([
      call(regenerate.POST, '/x', { headers, params, json: { messageId: answerId } }),
      call(branch.POST, '/x', { headers, params, json: { messageId } }),
      send(headers, sessionId, { text: 'x', replaces: messageId }),
    ])
    for (const response of refused) expect([response.status, await response.json()]).toMatchObject([409, { error: { code: 'conflict' } }])
    await call(session.DELETE, '/x', { method: 'DELETE', headers, params })
  })

  test('messages are deleted and brought back, and answers rated, for every reader', async () => {
    const { headers, sessionId } = await visitor()
    const first = await converse(headers, sessionId, { text: 'hello' })
    const second = await converse(headers, sessionId, { text: 'hello again' })
    const { cursor } = await snapshotOf(headers, sessionId)
    const on = (handler: unknown, method: string, messageId: string, json?: object) =>
      call(handler, '/x', { method, headers, params: { sessionId, messageId }, ...(json && { json }) })
    expect(await (await on(rating.PUT, 'PUT', second.answerId, { rating: 'up' })).json()).toEqual({
      messageId: second.answerId,
      rating: 'up',
    })
    const deleted = await on(oneMessage.DELETE, 'DELETE', first.answerId)
    const { messageIds } = (await deleted.json()) as { messageIds: string[] }
    expect(messageIds).toEqual([first.messageId, first.answerId])
    const left = (await snapshotOf(headers, sessionId)).messages
    expect(left.map(({ id }) => id)).toEqual([second.messageId, second.answerId])
    expect(left[1]).toMatchObject({ rating: 'up' })
    const back = await call(restoreMessages.POST, '/x', { headers, params: { sessionId }, json: { messageIds } })
    expect(await back.json()).toEqual({ messageIds })
    expect((await snapshotOf(headers, sessionId)).messages).toHaveLength(4)
    const told = (await runtime.log.read(sessionId, cursor, 100)).map(({ type }) => type).filter((type) => type.startsWith('message:'))
    expect(told).toEqual(['message:rated', 'message:deleted', 'message:restored'])

    for (const messageId of [newId(), 'x', '..', first.messageId])
      expect((await on(rating.PUT, 'PUT', messageId, { rating: 'up' })).status).toBe(404)
    for (const messageId of [newId(), 'x', '..']) expect((await on(oneMessage.DELETE, 'DELETE', messageId)).status).toBe(404)
    for (const json of [{}, { rating: 'good' }, { rating: 1 }]) expect((await on(rating.PUT, 'PUT', first.answerId, json)).status).toBe(400)
    for (const ids of [[], ['x'], 'x']) {
      const refused = await call(restoreMessages.POST, '/x', { headers, params: { sessionId }, json: { messageIds: ids } })
      expect(refused.status).toBe(400)
    }
  })

  test("the reference's route: an answer without a session, and a second one in it", async () => {
    const first = await untilComplete(await call(chatStream.POST, '/api/chat/stream', { json: { message: 'hello' } }))
    expect(first[0]?.type).toBe('session:created')
    const sessionId = first[0]?.sessionId ?? ''
    const response = await call(chatStream.POST, '/api/chat/stream', { json: { message: 'again', sessionId } })
    const wire = await response.text()
    expect(wire).toContain('event: llm:chunk\ndata: {')
    expect(wire).toContain(`"sessionId":"${sessionId}"`)
    expect(wire.match(/event: run:complete\n/g)?.length).toBe(1)
  })

  test('sessions are listed newest first in pages, renamed, deleted and restored', async () => {
    const { headers, sessionId } = await visitor()
    for (let count = 0; count < 51; count += 1) await call(sessions.POST, '/api/sessions', { json: { title: `S${count}` }, headers })
    const page = (await (await call(sessions.GET, '/api/sessions', { headers })).json()) as { sessions: SessionInfo[]; nextCursor: string }
    expect(page.sessions.length).toBe(50)
    expect(page.sessions[0]?.title).toBe('S50')
    const rest = (await (
      await call(sessions.GET, `/api/sessions?cursor=${encodeURIComponent(page.nextCursor)}`, { headers })
    ).json()) as typeof page
    expect(rest.sessions.map((one) => one.id)).toContain(sessionId)
    expect(rest.nextCursor).toBeNull()
    const renamed = await call(session.PATCH, `/api/sessions/${sessionId}`, {
      method: 'PATCH',
      headers,
      params: { sessionId },
      json: { title: ' New name ' },
    })
    expect(await renamed.json()).toMatchObject({ title: 'New name' })
    expect((await call(session.DELETE, `/api/sessions/${sessionId}`, { method: 'DELETE', headers, params: { sessionId } })).status).toBe(
      204,
    )
    expect((await call(session.GET, `/api/sessions/${sessionId}`, { headers, params: { sessionId } })).status).toBe(404)
    expect(
      (await call(restore.POST, `/api/sessions/${sessionId}/restore`, { method: 'POST', headers, params: { sessionId } })).status,
    ).toBe(200)
    expect((await snapshotOf(headers, sessionId)).session.title).toBe('New name')
  })

  test('deleting a session stops what runs in it and what waits', async () => {
    const { headers, sessionId } = await visitor()
    const first = (await (await send(headers, sessionId, { text: 'Tell me a long story about the sea' })).json()) as { runId: string }
    const typesOf = async () => (await runtime.log.read(sessionId, 0, 100)).map(({ type }) => type)
    await expect.poll(typesOf, { interval: 5 }).toContain('llm:thinking')
    // The first is still being answered when the session goes.
    for (const text of ['two', 'three']) await send(headers, sessionId, { text })
    expect((await call(session.DELETE, '/x', { method: 'DELETE', headers, params: { sessionId } })).status).toBe(204)
    const unfinished = "SELECT 1 FROM runs WHERE session_id = $1 AND status <> 'finished'"
    await expect.poll(async () => (await runtime.db.query(unfinished, [sessionId])).length).toBe(0)
    const entries = await runtime.log.read(sessionId, 0, 10_000)
    const deletedAt = entries.findIndex((entry) => entry.type === 'session:deleted')
    const after = entries.slice(deletedAt).map(({ event }) => event)
    expect(after.filter((event) => event.type === 'llm:thinking' && event.runId !== first.runId)).toEqual([])
    const ends = after.flatMap((event) => (event.type === 'run:complete' ? [event.finishReason] : []))
    expect(ends.slice(-2)).toEqual(['cancelled', 'cancelled'])
  })

  test('visitors who came long ago and left nothing are forgotten, others are not', async () => {
    const [keeper, other] = [await visitor(), await visitor()]
    await call(session.DELETE, '/x', { method: 'DELETE', headers: other.headers, params: { sessionId: other.sessionId } })
    await runtime.db.query('DELETE FROM sessions WHERE id = $1', [other.sessionId])
    await runtime.db.query("UPDATE users SET created_at = now() - interval '8 days'")
    const fresh = await visitor()
    await runtime.auth.purge()
    expect((await call(sessions.GET, '/x', { headers: keeper.headers })).status).toBe(200)
    expect((await snapshotOf(keeper.headers, keeper.sessionId)).session.id).toBe(keeper.sessionId)
    expect((await snapshotOf(fresh.headers, fresh.sessionId)).session.id).toBe(fresh.sessionId)
    const [count] = await runtime.db.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM users u WHERE created_at < now() - interval '7 days' AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = u.id) AND name <> 'Local owner'",
    )
    expect(count?.count).toBe(0)
  })

  test('older messages come in pages', async () => {
    const { headers, sessionId } = await visitor()
    await runtime.db.query(
      `INSERT INTO messages (id, session_id, parent_id, role, position, content)
       SELECT md5($1::text || n)::uuid, $1::uuid, CASE WHEN n > 1 THEN md5($1::text || n - 1)::uuid END, 'user', 1000 + n, json_build_object('id', gen_random_uuid(), 'role', 'user', 'parentId', null, 'createdAt', '2026-01-01T00:00:00.000Z', 'parts', json_build_array(json_build_object('type', 'text', 'text', n::text)))
       FROM generate_series(1, 120) n`,
      [sessionId],
    )
    const snapshot = await snapshotOf(headers, sessionId)
    expect(snapshot.messages.map((message) => textOf(message.parts))).toEqual(Array.from({ length: 50 }, (_, index) => String(71 + index)))
    expect(snapshot.hasOlder).toBe(true)
    const [row] = await runtime.db.query<{ id: string }>('SELECT id FROM messages WHERE session_id = $1 AND position = 1071', [sessionId])
    const page = (await (await call(messages.GET, `/x?before=${row?.id}`, { headers, params: { sessionId } })).json()) as {
      messages: Snapshot['messages']
      hasOlder: boolean
    }
    expect(page.messages.map((message) => textOf(message.parts))).toEqual(Array.from({ length: 50 }, (_, index) => String(21 + index)))
    expect(page.hasOlder).toBe(true)
  })

  test("someone else's session is as if it never existed, with the same body", async () => {
    const { headers, sessionId } = await visitor()
    const other = await visitor()
    const bodies = new Set<string>()
    for (const id of [sessionId, sessionId.toUpperCase(), newId(), '..', 'x'.repeat(10_000), '%00', "' OR 1=1 --"]) {
      const params = { sessionId: id }
      const tries = [
        call(session.GET, '/x', { headers: other.headers, params }),
        call(session.PATCH, '/x', { method: 'PATCH', headers: other.headers, params, json: { title: 'mine' } }),
        call(session.DELETE, '/x', { method: 'DELETE', headers: other.headers, params }),
        call(messages.POST, '/x', { headers: other.headers, params, json: { text: 'mine' } }),
        call(messages.GET, `/x?before=${newId()}`, { headers: other.headers, params }),
        call(events.GET, '/x', { headers: other.headers, params }),
        call(events.GET, '/x?wait=0', { headers: other.headers, params }),
        call(retry.POST, '/x', { method: 'POST', headers: other.headers, params }),
        call(regenerate.POST, '/x', { headers: other.headers, params, json: { messageId: newId() } }),
        call(branch.POST, '/x', { headers: other.headers, params, json: { messageId: newId() } }),
        call(oneMessage.DELETE, '/x', { method: 'DELETE', headers: other.headers, params: { ...params, messageId: newId() } }),
        call(rating.PUT, '/x', {
          method: 'PUT',
          headers: other.headers,
          params: { ...params, messageId: newId() },
          json: { rating: 'up' },
        }),
        call(restoreMessages.POST, '/x', { headers: other.headers, params, json: { messageIds: [newId()] } }),
        call(restore.POST, '/x', { method: 'POST', headers: other.headers, params }),
        call(cancel.POST, '/x', { method: 'POST', headers: other.headers, params: { runId: id } }),
        call(chatStream.POST, '/x', { headers: other.headers, json: { message: 'mine', sessionId: id } }),
      ]
      for (const response of await Promise.all(tries)) {
        expect(response.status).toBe(404)
        bodies.add(await response.text())
      }
    }
    expect(bodies.size).toBe(1)
    expect((await snapshotOf(headers, sessionId)).messages).toEqual([])
  })

  test('bad input is a 4xx that says what to mend', async () => {
    const { headers, sessionId } = await visitor()
    const params = { sessionId }
    const post = (init: Init) =>
      call(messages.POST, '/x', { method: 'POST', params, ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } })
    const json = { 'content-type': 'application/json' }
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    const bad: [number, Promise<Response>][] = [
      [400, post({})],
      [400, post({ body: '{', headers: json })],
      [400, post({ body: deep, headers: json })],
      [400, post({ body: Uint8Array.of(0x22, 0xff, 0x22), headers: json })],
      [415, post({ body: '{"text":"x"}', headers: { 'content-type': 'text/plain' } })],
      [413, post({ body: 'x'.repeat(1_000_001), headers: json })],
      [400, post({ json: { text: 'x'.repeat(256 * 1_024 + 1) } })],
      [400, post({ json: { text: '  \n' } })],
      [400, post({ json: { text: 'nul \0' } })],
      [400, post({ body: '{"text":"lone \\ud800"}', headers: json })],
      [400, post({ json: { text: 'x', id: 'no-uuid' } })],
      [400, post({ json: { text: 'x', role: 'system' } })],
      [400, post({ json: { text: 'x', userId: newId() } })],
      [400, post({ body: '{"text":"x","__proto__":{"admin":true}}', headers: json })],
      ...[null, 5, true, [], {}, { contains: 'x' }].map((text): [number, Promise<Response>] => [400, post({ json: { text } })]),
      ...[null, 5, 'x', []].map((body): [number, Promise<Response>] => [400, post({ json: body })]),
      ...['-1', 'x', '1.5', '9'.repeat(10_000), '%00', 'NaN'].map((after): [number, Promise<Response>] => [
        400,
        follow(headers, sessionId, after),
      ]),
      ...['', '-1', 'x', '1.5', '1e3', '20001', '9'.repeat(10_000), '%00'].map((wait): [number, Promise<Response>] => [
        400,
        poll(headers, sessionId, 0, wait),
      ]),
      ...['x', '2020-02-31T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', '2020-01-01'].map(
        (time): [number, Promise<Response>] => [
          400,
          call(sessions.GET, `/api/sessions?cursor=${encodeURIComponent(time)}_${newId()}`, { headers }),
        ],
      ),
      [404, call(nothing.GET, '/api/nothing', { headers })],
      [404, call(nothing.POST, '/api/sessions/x/y/z', { headers, json: {} })],
      [400, call(session.PATCH, '/x', { method: 'PATCH', params, headers, json: { title: '' } })],
      [400, call(session.PATCH, '/x', { method: 'PATCH', params, headers, json: { title: 'x'.repeat(201) } })],
      [400, call(messages.GET, '/x', { params, headers })],
    ]
    for (const [index, [status, response]] of bad.entries()) {
      const answer = await response
      expect(answer.status, `case ${index}`).toBe(status)
      const { error } = (await answer.json()) as { error: { code: string; message: string } }
      expect(error.code).toMatch(/^[a-z-]+$/)
      expect(error.message).toMatch(/^[A-Z].+\.$/s)
      expect(error.message).not.toMatch(/node_modules|\n\s*at |prisma|SELECT/i)
    }
    expect((await snapshotOf(headers, sessionId)).messages).toEqual([])
  })

  test('a cursor beyond the log is told to begin anew', async () => {
    const { headers, sessionId } = await visitor()
    expect(await (await follow(headers, sessionId, 999)).text()).toContain('event: session:reset\ndata: {"type":"session:reset"')
  })

  test('polls give the log that the stream gives: every event once, in order', async () => {
    const { headers, sessionId } = await visitor()
    const first = poll(headers, sessionId, await runtime.log.head(sessionId), 20_000)
    await send(headers, sessionId, { text: 'What is 3 * 4?' })
    expect(await (await first).text()).toContain('event: message:created\n')
    let wire = ''
    const seen: RillEvent[] = []
    while (!seen.some((event) => event.type === 'run:complete')) {
      const response = await poll(headers, sessionId, seen.length, 20_000)
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
      const piece = await response.text()
      wire += piece
      for await (const event of read(new Response(piece))) seen.push(event)
    }
    expect(seen.map((event) => event.seq)).toEqual(seen.map((_, index) => index + 1))
    const streamed = await untilComplete(await follow(headers, sessionId, 0))
    expect(seen.slice(0, streamed.length)).toEqual(streamed)
    // What is there comes in one piece, byte for byte, however short the wait is.
    expect((await (await poll(headers, sessionId, 0, 0)).text()).startsWith(wire)).toBe(true)
  })

  test('a poll is empty when nothing came in time, and ends when its caller leaves', async () => {
    const { headers, sessionId } = await visitor()
    const cursor = await runtime.log.head(sessionId)
    for (const wait of [0, 50]) {
      const response = await poll(headers, sessionId, cursor, wait)
      expect([response.status, await response.text()]).toEqual([200, ''])
    }
    const leave = new AbortController()
    const left = poll(headers, sessionId, cursor, 20_000, leave.signal)
    leave.abort()
    expect(await (await left).text()).toBe('')
  })

  test('a poll from a cursor beyond the log is told to begin anew, one of a session that was deleted that it is gone', async () => {
    const { headers, sessionId } = await visitor()
    expect(await (await poll(headers, sessionId, 999, 0)).text()).toContain('event: session:reset\ndata: {"type":"session:reset"')
    await call(session.DELETE, '/x', { method: 'DELETE', headers, params: { sessionId } })
    expect((await poll(headers, sessionId, 0, 0)).status).toBe(404)
  })

  test('HEAD of a stream is answered as GET would be, and leaves nothing open', async () => {
    const { headers, sessionId } = await visitor()
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    for (let count = 0; count < 100; count += 1) {
      const path = `/api/sessions/${sessionId}/events`
      const response = await call(events.GET, path, { method: 'HEAD', headers, params: { sessionId } })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(response.body).toBeNull()
    }
    // Others come and go by themselves, but not a hundred.
    expect(timers()).toBeLessThan(before + 50)
  })

  test('requests of other sites are refused; scripts on this machine are one owner', async () => {
    const refused = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { host: 'evil.example' },
      { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
    ]
    for (const headers of refused)
      expect((await call(sessions.GET, '/api/sessions', { headers })).status, JSON.stringify(headers)).toBe(403)
    const created = await call(sessions.POST, '/api/sessions', { json: {} })
    expect(created.headers.getSetCookie()).toEqual([])
    const { id } = (await created.json()) as SessionInfo
    expect((await call(session.GET, '/x', { params: { sessionId: id } })).status).toBe(200)
    expect((await call(session.GET, '/x', { params: { sessionId: id }, headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404)
  })

  test('health and readiness', async () => {
    expect(health.GET().status).toBe(200)
    expect((await ready.GET()).status).toBe(200)
  })

  test('the doctor answers whoever knows the secret; to others it is not there', async () => {
    const unknown = await call(nothing.GET, '/api/internal/doctor')
    for (const authorization of ['', 'Bearer x', `Bearer ${internalToken('another secret', '/api/internal/doctor')}`]) {
      const refused = await call(doctor.GET, '/api/internal/doctor', { headers: { authorization } })
      expect(refused.status).toBe(404)
      expect(await refused.clone().json()).toEqual(await unknown.clone().json())
      expect((await call(doctorStream.GET, '/api/internal/doctor/stream', { headers: { authorization } })).status).toBe(404)
    }
    const knows = (path: string) => ({ headers: { authorization: `Bearer ${internalToken(runtime.secret, path)}` } })
    const response = await call(doctor.GET, '/api/internal/doctor', knows('/api/internal/doctor'))
    const { findings } = (await response.json()) as { findings: Finding[] }
    expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['database', 'listen', 'migrations', 'secret', 'streaming']))
    // No server listens here: only the stream through its address cannot be read.
    expect(findings.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual(['streaming'])
    expect(JSON.stringify(findings)).not.toContain(runtime.secret)
    const stream = await call(doctorStream.GET, '/api/internal/doctor/stream', knows('/api/internal/doctor/stream'))
    expect((await stream.text()).match(/event: tick/g)).toHaveLength(5)
  })

  test('metrics say what the database and this process know, and move with a run', async () => {
    const scrape = async () => parseExposition(await (await call(metrics.GET, '/api/metrics')).text())
    const before = await scrape()
    const { headers, sessionId } = await visitor()
    const { cursor } = (await (await send(headers, sessionId, { text: 'Hello' })).json()) as { cursor: number }
    const leave = new AbortController()
    const scrapes: Sample[][] = []
    for await (const event of read(await follow(headers, sessionId, cursor, leave.signal))) {
      if (event.type === 'run:started') scrapes.push(await scrape())
      if (event.type === 'run:complete') break
    }
    const [during = []] = scrapes
    expect(valueIn(during, 'rill_followers')).toBeGreaterThan(0)
    expect(valueIn(during, 'rill_database_up')).toBe(1)
    expect(during.filter(({ name }) => name === 'rill_runs').map(({ labels }) => labels.status)).toEqual(
      expect.arrayContaining(['queued', 'pending', 'running', 'waiting']),
    )
    leave.abort()
    await runtime.agent.settled()
    await vi.waitFor(async () => expect(valueIn(await scrape(), 'rill_followers')).toBe(0))
    const after = await scrape()
    const grew = (name: string, labels?: Record<string, string>) => valueIn(after, name, labels) - valueIn(before, name, labels)
    expect(grew('rill_runs_finished_total', { finish_reason: 'stop' })).toBe(1)
    for (const name of ['rill_chunks_total', 'rill_commit_duration_seconds_count', 'rill_commit_events_sum'])
      expect(grew(name)).toBeGreaterThan(0)
    expect(grew('rill_tokens_total', { provider: 'demo', kind: 'output' })).toBeGreaterThan(0)
  })

  test('metrics are for this machine, and for whoever bears the token', async () => {
    const token = 'a token for the scraper'
    const ask = async (headers: Record<string, string>, config: Partial<Config> = {}) => {
      shared.rillRuntime = Promise.resolve({ ...runtime, config: { ...runtime.config, ...config } })
      const response = await call(metrics.GET, '/api/metrics', { headers })
      shared.rillRuntime = Promise.resolve(runtime)
      return response
    }
    const outside = { isLoopback: false, publicUrl: 'https://chat.example.org' }
    expect((await ask({})).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    for (const [headers, config] of [
      [{ 'sec-fetch-site': 'cross-site' }, {}],
      [{ 'x-forwarded-for': '203.0.113.7' }, {}],
      [{ host: 'rebound.example.org' }, {}],
      [{}, outside],
      [{ authorization: 'Bearer undefined' }, outside],
      [{ authorization: `Bearer ${token}x` }, { ...outside, metricsToken: token }],
      [{ authorization: token }, { ...outside, metricsToken: token }],
    ] as [Record<string, string>, Partial<Config>][]) {
      const refused = await ask(headers, config)
      expect([refused.status, await refused.text()]).toEqual([404, expect.not.stringContaining('rill_')])
    }
    expect((await ask({ authorization: `Bearer ${token}` }, { ...outside, metricsToken: token })).status).toBe(200)
    expect((await call(metrics.POST, '/api/metrics', { json: {} })).status).toBe(405)
  })

  test('an embedded database is copied for whoever knows the secret, and nowhere but into the data folder', async () => {
    const ask = (folder: string, token: string) =>
      call(copy.POST, '/api/internal/copy', { json: { folder }, headers: { authorization: `Bearer ${token}` } })
    const folder = `backup-${newId()}`
    expect((await ask(folder, internalToken('another secret', '/api/internal/copy'))).status).toBe(404)
    expect((await ask(folder, internalToken(runtime.secret, '/api/internal/doctor'))).status).toBe(404)
    const token = internalToken(runtime.secret, '/api/internal/copy')
    for (const other of ['', 'postgres', `../${folder}`, `${folder}/x`, `/tmp/${folder}`])
      expect((await ask(other, token)).status).toBe(400)
    const response = await ask(folder, token)
    expect(response.status).toBe(runtime.db.kind === 'embedded' ? 204 : 400)
    const path = join(runtime.config.dataFolder, folder)
    expect(existsSync(join(path, 'postgres', 'PG_VERSION'))).toBe(response.ok)
    rmSync(path, { recursive: true, force: true })
  })

  test('a run whose worker died is taken over, and the answer is whole', async () => {
    const { headers, sessionId } = await visitor()
    const accepted = (await (await send(headers, sessionId, { text: 'hello' })).json()) as { runId: string }
    await untilComplete(await follow(headers, sessionId, 0))
    // As a crash leaves it: running, half of the answer in the log, the message not stored.
    const whole = (await snapshotOf(headers, sessionId)).messages[1]
    await runtime.db.query("UPDATE runs SET status = 'running', finished_at = NULL, end_position = NULL WHERE id = $1", [accepted.runId])
    await runtime.db.query(
      "DELETE FROM events WHERE session_id = $1 AND (type IN ('llm:response', 'run:complete', 'session:title-updated') OR seq > 15)",
      [sessionId],
    )
    await runtime.db.query("DELETE FROM messages WHERE session_id = $1 AND role = 'assistant'", [sessionId])
    const half = await snapshotOf(headers, sessionId)
    expect(half.activeRun?.phase).toBe('writing')
    await runtime.agent.execute(accepted.runId)
    const after = await snapshotOf(headers, sessionId)
    expect(after.activeRun).toBeNull()
    expect(textOf(after.messages[1]?.parts ?? [])).toBe(textOf(whole?.parts ?? []))
    expect(after.messages[1]).toMatchObject({ joints: [0], finishReason: 'stop' })
  })
})
