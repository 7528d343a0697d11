import 'server-only'
import { fileTooLarge, MOST_FILE_BYTES, MOST_FILES, type StoredFile } from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import { cleanText, newId } from '#lib/protocol/index.ts'
import type { ToolFile } from '#lib/tools/index.ts'

export async function saveFile(sql: Sql, sessionId: string, { data, mediaType, name }: ToolFile): Promise<string> {
  if (data.byteLength > MOST_FILE_BYTES) throw fileTooLarge()
  const id = newId()
  const rows = await sql.query(
    `INSERT INTO files (id, session_id, media_type, name, data) SELECT $1, $2::uuid, $3, $4, decode($5, 'base64')
     WHERE (SELECT count(*) FROM files WHERE session_id = $2::uuid) < ${MOST_FILES} RETURNING id`,
    [id, sessionId, mediaType, name === undefined ? null : cleanText(name), Buffer.from(data).toString('base64')],
  )
  if (rows.length === 0) throw fileTooLarge()
  return id
}

export async function getFile(sql: Sql, id: string): Promise<StoredFile | null> {
  const [row] = await sql.query<{ session_id: string; media_type: string; name: string | null; data: string }>(
    "SELECT session_id, media_type, name, encode(data, 'base64') AS data FROM files WHERE id = $1",
    [id],
  )
  if (!row) return null
  const data = Buffer.from(row.data, 'base64')
  return { sessionId: row.session_id, data, mediaType: row.media_type, ...(row.name !== null && { name: row.name }) }
}
