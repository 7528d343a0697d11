import 'server-only'

const PARAMETER = /^application_name=/

/** A database's address by which connections get this name. What an address says wins over the client's own settings. */
export function withApplicationName(url: string, name: string): string {
  const [address = '', query = ''] = url.split(/\?(.*)/s, 2)
  const others = query.split('&').filter((pair) => pair !== '' && !PARAMETER.test(pair))
  return `${address}?${[...others, `application_name=${encodeURIComponent(name)}`].join('&')}`
}

/** The name that a database's address gives to connections; undefined when it gives none. */
export function applicationNameIn(url: string): string | undefined {
  const [, query = ''] = url.split(/\?(.*)/s, 2)
  return new URLSearchParams(query).getAll('application_name').at(-1)
}
