import { checkMaySignIn, json, otherMethods, route, signInCookie } from '#lib/http/index.ts'

/** Begins a sign-in. The browser goes on at the address that it is given, and is the one that ends it. */
export const POST = route<{ name: string }>(async ({ request, runtime, params }) => {
  checkMaySignIn(request.headers, runtime.config)
  const url = await runtime.mcp.signIn(params.name)
  const response = json({ url })
  response.headers.append('Set-Cookie', signInCookie(url, runtime.config))
  return response
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
