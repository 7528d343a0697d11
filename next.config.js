/** For every response; the policy of pages, which needs a nonce, is the proxy's. */
const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
}

/** For all but the frames that the app itself shows: they have a policy of their own, and an origin of their own. */
const ownHeaders = {
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const listed = (headers) => Object.entries(headers).map(([key, value]) => ({ key, value }))

/** The same for the same sources (scripts/lib/build.mjs): instances that were built apart are one version. */
const buildId = process.env.RILL_BUILD_ID ?? crypto.randomUUID()

/** Scripts and styles that a build of ours has beside it, compressed once and for all, for browsers that take them (scripts/lib/build.mjs). */
const hasBrotli = Boolean(process.env.RILL_BROTLI)
const takesBrotli = [{ type: 'header', key: 'accept-encoding', value: '.*\\bbr\\b.*' }]
const compressed = [
  ['js', 'application/javascript; charset=UTF-8'],
  ['css', 'text/css; charset=UTF-8'],
].map(([ending, type]) => ({ source: `/_next/static/:path*.${ending}`, has: takesBrotli, type }))

/** @type {import('next').NextConfig} */
export default {
  // For the container: a folder that runs by itself (docs/decisions/0011). "next start" does not serve such a build.
  ...(process.env.RILL_STANDALONE && { output: 'standalone' }),
  poweredByHeader: false,
  experimental: {
    // Few scripts for a page: together they compress to 6 kB less than apart (docs/performance.md), and fewer are asked for.
    turbopackChunking: { minChunkSize: 1_000_000, maxMergeChunkSize: 1_000_000, requestCost: 2_000_000, firstPageLoadPriority: 1 },
  },
  reactStrictMode: true,
  generateBuildId: () => buildId,
  env: { RILL_BUILD_ID: buildId },
  // The embedded database brings its own WebAssembly, the others load parts of themselves at run time, or only when asked for.
  serverExternalPackages: [
    '@electric-sql/pglite',
    'pglite-prisma-adapter',
    'pg',
    'pg-boss',
    '@prisma/client',
    '@prisma/adapter-pg',
    'better-auth',
    // Loaded when a tool needs them, not before.
    'mathjs',
    'linkedom',
    '@mozilla/readability',
    'turndown',
    'undici',
    'pino',
    'prom-client',
    '@opentelemetry/api',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
  ],
  outputFileTracingIncludes: {
    '/*': ['./prisma/migrations/**/*'],
    '/api/frames/mermaid.js': ['./node_modules/mermaid/dist/mermaid.min.js'],
  },
  outputFileTracingExcludes: {
    // Followed from names that are only put together at run time.
    '/*': ['docs/**', 'lib/**', 'scripts/**'],
    // For pictures, of which no page has any: 20 MB.
    'next-server': ['**/node_modules/@img/**', '**/node_modules/sharp/**'],
  },
  turbopack: { rules: { '**/marked/lib/marked.esm.js': { loaders: ['./scripts/lib/only-lexer.cjs'] } } },
  images: { unoptimized: true },
  // "npm run typecheck" does it, in a second, for tests and scripts as well.
  typescript: { ignoreBuildErrors: true },
  rewrites: async () => ({
    beforeFiles: hasBrotli ? compressed.map(({ source, has }) => ({ source, has, destination: `${source}.br` })) : [],
  }),
  headers: async () => [
    { source: '/:path*', headers: listed(securityHeaders) },
    { source: '/((?!api/frames/).*)', headers: listed(ownHeaders) },
    ...(hasBrotli ? compressed : []).map(({ source, has, type }) => ({
      source,
      has,
      headers: listed({ 'Content-Encoding': 'br', 'Content-Type': type, Vary: 'Accept-Encoding' }),
    })),
  ],
}
