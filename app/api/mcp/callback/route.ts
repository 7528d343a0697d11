import { checkMaySignIn, endSignIn, otherMethods, route } from '#lib/http/index.ts'

/** Where an authorization server sends people back to. What it brings must belong to a sign-in that was begun here, in this browser. */
export const GET = route(
  async ({ request, runtime }) => {
    checkMaySignIn(request.headers, runtime.config)
    const isWell = request.method !== 'GET' || (await endSignIn(request, runtime))
    const location = isWell ? '/' : '/?sign-in=failed'
    return new Response(null, { status: 303, headers: { Location: location, 'Cache-Control': 'no-store' } })
  },
  { isLedTo: true },
)

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
