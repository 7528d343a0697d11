/** Exits with 0 while the server answers. Not while it is ready: a database that is away is no reason to end the process. */
const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[process.env.HOST ?? '0.0.0.0'] ?? process.env.HOST
try {
  const { ok } = await fetch(`http://${host}:${process.env.PORT || 3000}/api/health`, { signal: AbortSignal.timeout(4_000) })
  process.exit(ok ? 0 : 1)
} catch (error) {
  console.error(error.cause?.message ?? error.message)
  process.exit(1)
}
