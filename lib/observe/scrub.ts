import 'server-only'

const SECRET_NAMES = /(_KEY|_SECRET|_TOKEN|PASSWORD|_HEADERS)$/
const SHORTEST = 8
const HIDDEN = '[redacted]'
/** `//user:password@host`, and what follows "Bearer". */
const SHAPES = /(?<=:\/\/[^/\s:@"]*:)[^/\s@"]+(?=@)|(?<=\bBearer )[\w.~+/=-]{8,}/g

/** The values of the environment that nobody may read in a log, and the passwords in its addresses. */
export function secretsOf(env: Record<string, string | undefined>): string[] {
  const secrets = new Set<string>()
  for (const [name, value = ''] of Object.entries(env)) {
    if (name.endsWith('_HEADERS')) for (const pair of value.split(',')) secrets.add(decoded(pair.slice(pair.indexOf('=') + 1).trim()))
    else if (SECRET_NAMES.test(name)) secrets.add(value.trim())
    if (URL.canParse(value)) secrets.add(decoded(new URL(value).password))
  }
  return [...secrets].filter((secret) => secret.length >= SHORTEST)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // It holds a "%" that is no escape: it is what it says.
    return text
  }
}

/** Takes the secrets out of a line of JSON, as they are and as JSON escapes them, and what looks like one. */
export function createScrubber(secrets: readonly string[]): (line: string) => string {
  const written = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))].sort(
    (a, b) => b.length - a.length,
  )
  return (line) => written.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line).replace(SHAPES, HIDDEN)
}
