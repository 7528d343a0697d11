import { SdkError, SdkHttpError } from '@modelcontextprotocol/client'
import type { McpServerConfig } from './config.ts'

const LONGEST = 300
/** Anything shorter would be hidden by chance. */
const SHORTEST_SECRET = 4

/** Why a server could not be reached, in one sentence that may be shown. */
export function failureText(error: unknown): string {
  if (error instanceof SdkHttpError) return httpText(error.status)
  const code = codeOf(error)
  if (code === 'ENOENT') return 'Its command was not found.'
  if (code === 'EACCES') return 'Its command must not be run.'
  if (code === 'ECONNREFUSED') return 'Nothing answers at its address.'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Its host was not found.'
  if (error instanceof TypeError && error.message === 'fetch failed') return 'It could not be reached.'
  if (error instanceof SdkError || error instanceof Error) return sentence(error.message)
  return 'It failed.'
}

function httpText(status: number): string {
  if (status === 401 || status === 403) return `It refused the request (${status}). Check its headers.`
  if (status === 404) return 'There is no MCP server at its address, or it has forgotten the session (404).'
  return `It answered with an error (${status}).`
}

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('E') ? error.code : codeOf(error.cause)
}

function sentence(message: string): string {
  const [line = ''] = message.split('\n')
  const cut = line.slice(0, LONGEST).toWellFormed()
  return /[.!?]$/.test(cut) ? cut : `${cut}.`
}

/** Takes out of a text what the configuration keeps secret. */
export function redactor(config: McpServerConfig): (text: string) => string {
  const given =
    'command' in config ? Object.values(config.env ?? {}) : [...Object.values(config.headers ?? {}), ...secretsInUrl(config.url)]
  // "Bearer x": the secret is what follows.
  const secrets = given.flatMap((value) => [value, ...value.split(/\s+/)]).filter((value) => value.length >= SHORTEST_SECRET)
  secrets.sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((safe, secret) => safe.replaceAll(secret, '[hidden]'), text)
}

function secretsInUrl(url: string): string[] {
  const { username, password, searchParams } = new URL(url)
  return [username, password, ...searchParams.values()]
}
