import { checkMaySignIn, json, otherMethods, route } from '#lib/http/index.ts'

/** Begins a sign-in. The browser goes on at the address that it is given. */
export const POST = route<{ name: string }>(async ({ request, runtime, params }) => {
  checkMaySignIn(request.headers, runtime.config)
  return json({ url: await runtime.mcp.signIn(params.name) })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
