import 'server-only'
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Sql } from '#lib/db/sql.ts'

const IV_LENGTH = 12
const TAG_LENGTH = 16

/** What sign-ins to MCP servers left, in the database, encrypted (AES-256-GCM) under a key that is made from the server's secret. */
export function createMcpCredentials(db: Sql, secret: string) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'rill mcp credentials', 32))
  return {
    /** Null also for what was encrypted under another secret: then somebody signs in again. */
    async load(server: string): Promise<string | null> {
      const [row] = await db.query<{ data: string }>('SELECT data FROM mcp_credentials WHERE server = $1', [server])
      return row ? decrypt(key, server, row.data) : null
    },
    /** With `expected` (what `load` said) only where nobody saved anything else meanwhile; false when somebody did. */
    async save(server: string, data: string | null, expected?: string | null): Promise<boolean> {
      const [row] = await db.query<{ data: string }>('SELECT data FROM mcp_credentials WHERE server = $1', [server])
      if (expected !== undefined && (row ? decrypt(key, server, row.data) : null) !== expected) return false
      const encrypted = data === null ? null : encrypt(key, server, data)
      const isUnconditional = expected === undefined
      if (encrypted === null) {
        await db.query('DELETE FROM mcp_credentials WHERE server = $1 AND ($2 OR data = $3)', [server, isUnconditional, row?.data ?? ''])
        return true
      }
      // As it was when it was read a moment ago, or not there, as then.
      const saved = await db.query(
        `INSERT INTO mcp_credentials AS stored (server, data) VALUES ($1, $2)
         ON CONFLICT (server) DO UPDATE SET data = excluded.data, updated_at = now() WHERE $3 OR stored.data = $4
         RETURNING server`,
        [server, encrypted, isUnconditional, row?.data ?? ''],
      )
      return saved.length > 0
    },
  }
}

/** Bound to the server's name: a row that is moved to another name cannot be read. */
function encrypt(key: Buffer, server: string, text: string): string {
  const iv = randomBytes(IV_LENGTH)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(server))
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function decrypt(key: Buffer, server: string, data: string): string | null {
  const bytes = Buffer.from(data, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_LENGTH)).setAAD(Buffer.from(server))
    decipher.setAuthTag(bytes.subarray(-TAG_LENGTH))
    return Buffer.concat([decipher.update(bytes.subarray(IV_LENGTH, -TAG_LENGTH)), decipher.final()]).toString('utf8')
  } catch {
    // Of another secret, or damaged.
    return null
  }
}
