import { route } from '#lib/http/index.ts'
import { AppError } from '#lib/protocol/index.ts'

/** Paths that the API does not have: said as all its errors are. */
const nothing = route<{ path: string[] }>(async ({ request }) => {
  throw new AppError('not-found', `The API has no ${new URL(request.url).pathname.slice(0, 200)}.`)
})

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT }
