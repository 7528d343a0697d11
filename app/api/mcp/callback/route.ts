import { checkMaySignIn, otherMethods, route } from '#lib/http/index.ts'

/** Where an authorization server sends people back to. What it brings must belong to a sign-in that was begun here. */
export const GET = route(
  async ({ request, runtime }) => {
    checkMaySignIn(request.headers, runtime.config)
    if (request.method === 'GET') await runtime.mcp.finishSignIn(new URL(request.url).searchParams)
    return new Response(null, { status: 303, headers: { Location: '/', 'Cache-Control': 'no-store' } })
  },
  { isLedTo: true },
)

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
