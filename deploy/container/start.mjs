/** The container's one process: signals reach the server itself, which lets running answers end their step (lib/server.ts). */
process.env.NEXT_MANUAL_SIG_HANDLE = 'true'
// Rill reads HOST. Next reads HOSTNAME, which container engines set to the container's own name.
process.env.HOST ||= '0.0.0.0'
process.env.HOSTNAME = process.env.HOST
await import('./server.js')
