/** Layers, lowest first: each may import those before it. Types count as imports. */
const TESTS = '(\\.test\\.tsx?$|/testing/)'

const above = (layer, ...allowed) => ({
  name: `layer-${layer}`,
  comment: `lib/${layer} may import: ${allowed.join(', ') || 'no other part of lib'}.`,
  severity: 'error',
  from: { path: `^lib/${layer}/`, pathNot: TESTS },
  to: { path: '^(lib|app|components)/', pathNot: [layer, ...allowed].map((name) => `^lib/${name}(/|\\.ts$)`) },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-found', severity: 'error', from: {}, to: { couldNotResolve: true } },
    above('protocol'),
    above('sse', 'protocol'),
    above('providers', 'protocol'),
    above('tools', 'protocol'),
    above('db', 'protocol'),
    above('log', 'protocol', 'db/sql'),
    above('mcp', 'protocol', 'tools'),
    above('agent', 'protocol', 'providers', 'tools', 'mcp', 'log'),
    above('client', 'protocol', 'sse'),
    above('auth', 'protocol', 'db'),
    above('runs', 'protocol', 'tools', 'db', 'log', 'agent'),
    above('sessions', 'protocol', 'sse', 'db', 'log', 'agent', 'runs'),
    above('observe', 'protocol', 'log', 'agent', 'config', 'report'),
    above('http', 'protocol', 'sse', 'agent', 'db/sql', 'auth', 'sessions', 'runtime', 'report', 'config'),
    above('doctor', 'protocol', 'sse', 'providers', 'db', 'auth', 'config', 'report', 'http/internal'),
    above('backup', 'protocol', 'db', 'auth/secret', 'runs/queue', 'config', 'report', 'http/internal'),
    {
      name: 'browser-code',
      comment: 'What runs in the browser shares protocol and sse with the server, and nothing else.',
      severity: 'error',
      from: { path: '^components/', pathNot: TESTS },
      to: { path: '^(lib|app)/', pathNot: '^lib/(protocol|sse|client)/' },
    },
    { name: 'nothing-imports-app', severity: 'error', from: { pathNot: '^app/' }, to: { path: '^app/' } },
    {
      name: 'protocol-imports-zod-only',
      severity: 'error',
      from: { path: '^lib/protocol/', pathNot: TESTS },
      to: { dependencyTypes: ['npm', 'core'], pathNot: '^node_modules/zod/' },
    },
    { name: 'one-prisma-client', severity: 'error', from: { pathNot: '^lib/db/' }, to: { path: '^lib/db/generated/' } },
    { name: 'one-better-auth', severity: 'error', from: { pathNot: '^lib/auth/' }, to: { path: '^node_modules/better-auth/' } },
    {
      name: 'agent-without-app',
      severity: 'error',
      from: { path: '^lib/(agent|providers|tools|mcp|log)/', pathNot: TESTS },
      to: { path: '(^node_modules/(next|react|@prisma)/|^server-only$|node_modules/server-only)' },
    },
    { name: 'no-tests-in-code', severity: 'error', from: { pathNot: [TESTS, '^(e2e|bench)/'] }, to: { path: TESTS } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/db/generated/internal' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
}
