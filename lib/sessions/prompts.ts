import 'server-only'
import type { Database } from '#lib/db/database.ts'
import { AppError, MAX_PROMPTS, newId, type Prompt, type SavePromptRequest, type UpdatePromptRequest } from '#lib/protocol/index.ts'
import { isUuid, notFound } from './ids.ts'

/** The texts that a user saved. One of someone else is as if there were none: `not-found`. */
export interface Prompts {
  /** By name. */
  list(userId: string): Promise<Prompt[]>
  /** Throws `conflict` when there are as many as there may be. */
  save(userId: string, prompt: SavePromptRequest): Promise<Prompt>
  update(userId: string, promptId: string, update: UpdatePromptRequest): Promise<Prompt>
  remove(userId: string, promptId: string): Promise<void>
}

const COLUMNS = 'id, name, text'

export function createPrompts(db: Database): Prompts {
  return {
    async list(userId) {
      const prompts = await db.query<Prompt>(`SELECT ${COLUMNS} FROM prompts WHERE user_id = $1 LIMIT ${MAX_PROMPTS}`, [userId])
      return prompts.sort((one, other) => one.name.localeCompare(other.name, 'en') || (one.id < other.id ? -1 : 1))
    },
    save: (userId, { name, text }) =>
      db.transaction(async (tx) => {
        // One at a time: two that came together would both find room for one.
        await tx.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [userId])
        const [prompt] = await tx.query<Prompt>(
          `INSERT INTO prompts (id, user_id, name, text)
           SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM prompts WHERE user_id = $2) < ${MAX_PROMPTS} RETURNING ${COLUMNS}`,
          [newId(), userId, name, text],
        )
        if (!prompt) throw new AppError('conflict', `You have ${MAX_PROMPTS} prompts. Delete one to save another.`)
        return prompt
      }),
    async update(userId, promptId, { name = null, text = null }) {
      const [prompt] = isUuid(promptId)
        ? await db.query<Prompt>(
            `UPDATE prompts SET name = coalesce($3, name), text = coalesce($4, text) WHERE id = $1 AND user_id = $2 RETURNING ${COLUMNS}`,
            [promptId, userId, name, text],
          )
        : []
      if (!prompt) throw notFound('no such prompt')
      return prompt
    },
    async remove(userId, promptId) {
      const rows = isUuid(promptId)
        ? await db.query('DELETE FROM prompts WHERE id = $1 AND user_id = $2 RETURNING id', [promptId, userId])
        : []
      if (rows.length === 0) throw notFound('no such prompt')
    },
  }
}
