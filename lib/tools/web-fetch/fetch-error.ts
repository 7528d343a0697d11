/** A page that cannot be read, with a message for the model. */
export class FetchError extends Error {
  override name = 'FetchError'
}

/** What went wrong on the network, in words. What is no fault of the network is returned as it is. */
export function inWords(error: unknown, { hostname, protocol }: URL): Error {
  const own = causes(error).find((one) => one instanceof FetchError)
  if (own) return own
  const code = causes(error)
    .map((one) => (one as NodeJS.ErrnoException).code)
    .find((one) => typeof one === 'string')
  const words = wordsFor(code ?? '', hostname)
  if (words !== undefined) return new FetchError(words, { cause: error })
  if (error instanceof Error && code === undefined) return error
  return new FetchError(`"${hostname}" could not be read over ${protocol.slice(0, -1)} (${code}).`, { cause: error })
}

function wordsFor(code: string, hostname: string): string | undefined {
  if (/^(ENOTFOUND|EAI_|ENODATA)/.test(code)) return `There is no server "${hostname}", or its name cannot be looked up now.`
  if (code === 'ECONNREFUSED') return `"${hostname}" refuses connections at this port.`
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return `"${hostname}" does not answer.`
  if (/^(ENETUNREACH|EHOSTUNREACH)$/.test(code)) return `"${hostname}" cannot be reached from here.`
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/.test(code))
    return `"${hostname}" closed the connection too early.`
  if (/CERT|SIGNATURE|_SSL_|ERR_TLS/.test(code)) return `The certificate of "${hostname}" is not valid (${code}).`
  if (/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES|UND_ERR_NOT_SUPPORTED)/.test(code))
    return `"${hostname}" does not answer in valid HTTP (${code}).`
  if (/^(Z_|ERR__ERROR|ERR_BROTLI|ERR_PADDING|ERR_BLOCK)/.test(code)) return `What "${hostname}" sent is compressed wrongly or cut off.`
  return undefined
}

/** An error, what it was caused by, and the parts of one that is several. */
function causes(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return []
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : []
  return [error, ...[error.cause, ...inner].flatMap((one) => causes(one, depth + 1))]
}
