import { noSuchPath, route } from '#lib/http/index.ts'

/** Paths that the API does not have: said as all its errors are. */
const nothing = route<{ path: string[] }>(async ({ request }) => {
  throw noSuchPath(request)
})

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT }
