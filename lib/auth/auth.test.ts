import { afterEach, expect, test, vi } from 'vitest'
import { openTestDatabase } from '#lib/db/testing/database.ts'
import { createAuth } from './auth.ts'

afterEach(() => vi.restoreAllMocks())

test('a database that is away is thrown with its reason, and printed by nobody but who reports it', async () => {
  const { db, close } = await openTestDatabase('embedded')
  const auth = createAuth({ db, secret: 'x'.repeat(32) })
  const { userId, setCookies } = await auth.createVisitor(new Headers())
  // Without the cookie that spares the database the question.
  const cookie = setCookies.filter((one) => !one.includes('session_data')).join('; ')
  expect(await auth.identify(new Headers({ cookie }))).toMatchObject({ userId })
  await close()
  const printed = (['error', 'warn', 'log'] as const).map((method) => vi.spyOn(console, method).mockImplementation(() => {}))
  for (const ask of [() => auth.identify(new Headers({ cookie })), () => auth.createVisitor(new Headers())]) {
    const error: unknown = await ask().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect([(error as Error).message, String((error as Error).cause)].join()).toContain('PGlite is closed')
  }
  for (const spy of printed) expect(spy).not.toHaveBeenCalled()
})
