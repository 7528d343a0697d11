import { SdkHttpError } from '@modelcontextprotocol/client'
import { lookedUpIn, type McpServerConfig } from './config.ts'
import { RefusedError } from './transport/address.ts'

const LONGEST = 300
/** Anything shorter would be hidden by chance. */
const SHORTEST_SECRET = 4
/** Of what stands in `env` as it is: most of that is no secret, as `true` or `info`. */
const SHORTEST_LITERAL = 8

const CODES: Partial<Record<string, string>> = {
  ENOENT: 'Its command, or the folder to run it in, was not found.',
  EACCES: 'Its command must not be run.',
  ECONNREFUSED: 'Nothing answers at its address.',
  ECONNRESET: 'It closed the connection.',
  ENOTFOUND: 'Its host was not found.',
  EAI_AGAIN: 'Its host was not found.',
  UND_ERR_SOCKET: 'It closed the connection.',
}

/** Why a server could not be reached, in one sentence that may be shown. */
export function failureText(error: unknown): string {
  const chain = chainOf(error)
  const refused = chain.find((one) => one instanceof RefusedError)
  if (refused) return sentence(refused.message)
  if (error instanceof SdkHttpError) return httpText(error.status)
  for (const one of chain) {
    const known = 'code' in one && typeof one.code === 'string' ? CODES[one.code] : undefined
    if (known !== undefined) return known
  }
  if (chain.some((one) => one.message === 'fetch failed')) return 'It could not be reached.'
  if (error instanceof Error) return sentence(error.message)
  return 'It failed.'
}

function httpText(status: number): string {
  if (status === 401 || status === 403) return `It refused the request (${status}). Check its headers.`
  if (status === 404) return 'There is no MCP server at its address, or it has forgotten the session (404).'
  return `It answered with an error (${status}).`
}

/** An error and its causes: what the system said is often the deepest. */
function chainOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chainOf(error.cause)] : []
}

function sentence(message: string): string {
  const [line = ''] = message.split('\n')
  const cut = line.slice(0, LONGEST).toWellFormed()
  return /[.!?]$/.test(cut) ? cut : `${cut}.`
}

/** Takes out of a text what the configuration keeps secret. */
export function redactor(config: McpServerConfig): (text: string) => string {
  const isProgram = 'command' in config
  const literals = isProgram ? Object.values(config.env ?? {}) : []
  const given = [
    ...lookedUpIn(config).flatMap((value) => [value, encodeURIComponent(value)]),
    ...(isProgram ? [] : [...Object.values(config.headers ?? {}), ...secretsInUrl(config.url)]),
  ]
  const secrets = [...longWords(given, SHORTEST_SECRET), ...longWords(literals, SHORTEST_LITERAL)]
  secrets.sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((safe, secret) => safe.replaceAll(secret, '[hidden]'), text)
}

/** "Bearer x": the secret is what follows. */
function longWords(values: string[], shortest: number): string[] {
  return values.flatMap((value) => [value, ...value.split(/\s+/)]).filter((value) => value.length >= shortest)
}

function secretsInUrl(url: string): string[] {
  const { username, password, searchParams } = new URL(url)
  return [username, password, ...searchParams.values()]
}
