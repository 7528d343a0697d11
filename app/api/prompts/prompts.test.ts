import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import { createTestServerDatabase, databaseKinds, describeEach } from '#lib/db/testing/database.ts'
import { MAX_PROMPTS, newId, type Prompt } from '#lib/protocol/index.ts'
import { openRuntime, type Runtime } from '#lib/runtime.ts'
import { call, shared, type Visitor, visitor } from '../testing/client.ts'
import * as one from './[promptId]/route.ts'
import * as prompts from './route.ts'

describeEach(databaseKinds)('saved prompts (%s)', (kind) => {
  let runtime: Runtime
  let dataFolder: string
  let dropDatabase: (() => Promise<void>) | undefined
  beforeAll(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'rill-prompts-'))
    const database = kind === 'postgres' ? await createTestServerDatabase() : undefined
    dropDatabase = database?.drop
    const env = {
      HOST: '127.0.0.1',
      RILL_DATA_DIR: dataFolder,
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

  const save = ({ headers }: Visitor, json: unknown) => call(prompts.POST, '/api/prompts', { headers, json })
  const saved = async (who: Visitor, name: string, text = 'Text') => (await (await save(who, { name, text })).json()) as Prompt
  const list = async ({ headers }: Visitor) =>
    ((await (await call(prompts.GET, '/api/prompts', { headers })).json()) as { prompts: Prompt[] }).prompts
  const change = ({ headers }: Visitor, promptId: string, json: unknown) =>
    call(one.PATCH, `/api/prompts/${promptId}`, { headers, params: { promptId }, method: 'PATCH', json })
  const remove = ({ headers }: Visitor, promptId: string) =>
    call(one.DELETE, `/api/prompts/${promptId}`, { headers, params: { promptId }, method: 'DELETE' })

  test('are kept for the visitor, listed by name, changed and deleted', async () => {
    const me = await visitor()
    const response = await save(me, { name: ' Review ', text: 'Review this:\n' })
    expect(response.status).toBe(201)
    const review = (await response.json()) as Prompt
    expect(review).toEqual({ id: expect.any(String), name: 'Review', text: 'Review this:\n' })
    const explain = await saved(me, 'explain')
    expect(await list(me)).toEqual([explain, review])

    const changed = await change(me, review.id, { name: 'A review' })
    expect([changed.status, await changed.json()]).toEqual([200, { ...review, name: 'A review' }])
    await change(me, review.id, { text: 'Look at this:' })
    expect(await list(me)).toEqual([{ id: review.id, name: 'A review', text: 'Look at this:' }, explain])

    expect((await remove(me, review.id)).status).toBe(204)
    expect((await remove(me, review.id)).status).toBe(404)
    expect(await list(me)).toEqual([explain])
  })

  test("someone else's are as if there were none", async () => {
    const [me, other] = [await visitor(), await visitor()]
    const { id } = await saved(me, 'Mine')
    expect(await list(other)).toEqual([])
    for (const promptId of [id, newId(), id.toUpperCase(), 'x']) {
      expect((await change(other, promptId, { name: 'Yours' })).status).toBe(404)
      expect((await remove(other, promptId)).status).toBe(404)
    }
    expect((await list(me)).map(({ name }) => name)).toEqual(['Mine'])
  })

  test.each<[what: string, prompt: object, field: string]>([
    ['no name', { name: ' ', text: 'a' }, 'name'],
    ['a long name', { name: 'x'.repeat(61), text: 'a' }, 'name'],
    ['no text', { name: 'a', text: ' ' }, 'text'],
    ['a long text', { name: 'a', text: 'x'.repeat(20_001) }, 'text'],
    ['NUL', { name: 'a', text: 'a\0' }, 'text'],
    ['another field', { name: 'a', text: 'a', id: newId() }, 'id'],
  ])('with %s are refused', async (_, prompt, field) => {
    const me = await visitor()
    const response = await save(me, prompt)
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'invalid-request', field } }])
    const { id } = await saved(me, 'x'.repeat(60), 'x'.repeat(20_000))
    expect((await change(me, id, {})).status).toBe(400)
    expect((await change(me, id, prompt)).status).toBe(400)
  })

  test('are so many at most, also when the last come together', async () => {
    const me = await visitor()
    const first = await saved(me, 'first')
    const row = await runtime.db.query<{ user_id: string }>('SELECT user_id FROM prompts WHERE id = $1', [first.id])
    await runtime.db.query(
      "INSERT INTO prompts (id, user_id, name, text) SELECT gen_random_uuid(), $1, n::text, 'x' FROM generate_series(3, $2::int) n",
      [row[0]?.user_id ?? '', MAX_PROMPTS],
    )
    const both = await Promise.all([save(me, { name: 'a', text: 'a' }), save(me, { name: 'b', text: 'b' })])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await list(me)).toHaveLength(MAX_PROMPTS)
  })

  test('go with their user, and keep a visitor without sessions', async () => {
    const me = await visitor()
    const { id } = await saved(me, 'Kept')
    const [{ user_id = '' } = {}] = await runtime.db.query<{ user_id: string }>('SELECT user_id FROM prompts WHERE id = $1', [id])
    await runtime.db.query('DELETE FROM sessions WHERE user_id = $1', [user_id])
    await runtime.db.query("UPDATE users SET created_at = now() - interval '8 days' WHERE id = $1", [user_id])
    await runtime.auth.purge()
    expect(await list(me)).toHaveLength(1)
    await runtime.db.query('DELETE FROM prompts WHERE id = $1', [id])
    await runtime.auth.purge()
    expect(await runtime.db.query('SELECT 1 FROM users WHERE id = $1', [user_id])).toEqual([])
  })
})
