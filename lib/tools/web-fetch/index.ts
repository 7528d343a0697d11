export type { DialOptions, Resolve, Resolved } from './dial.ts'
export { createWebFetch, type WebFetchOptions, webFetch } from './web-fetch.ts'
