import { createHash } from 'node:crypto'

const LONGEST = 64
const LONGEST_SERVER = 32
const HASH_LENGTH = 8
/** Without "__" in it or "_" at its ends, the first "__" of a tool's name says where the server's name ends. */
const PLAIN_SERVER = /^(?!_)(?!.*__)(?!.*_$)[a-zA-Z0-9_-]+$/

/**
 * The name under which the model calls a server's tool: `server__tool`, valid for every provider. What has to be altered
 * gets a hash of the whole name at its end: the same for ever, and different for different tools.
 */
export function toolNameOf(server: string, tool: string): string {
  const isPlain = PLAIN_SERVER.test(server) && server.length <= LONGEST_SERVER
  const prefix = isPlain
    ? server
    : withHash(
        valid(server)
          .replace(/^_+|_+$/g, '')
          .replace(/_{2,}/g, '_'),
        server,
        LONGEST_SERVER,
      )
  const name = `${prefix}__${valid(tool)}`
  return valid(tool) === tool && name.length <= LONGEST ? name : withHash(name, `${server}\0${tool}`, LONGEST)
}

function withHash(name: string, whole: string, longest: number): string {
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH)
  return `${name.slice(0, longest - HASH_LENGTH - 1)}-${hash}`
}

function valid(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_')
}
