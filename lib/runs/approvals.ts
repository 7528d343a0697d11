import 'server-only'
import {
  alreadyDecided,
  type ClaimedRun,
  checkContent,
  type Decided,
  type Decision,
  decisionEvents,
  EXPIRED,
  type NewApproval,
  requestEvents,
} from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import type { EventLog } from '#lib/log/index.ts'
import { AppError, type NewEvent, newId } from '#lib/protocol/index.ts'
import { checkClaim, type EnqueueRun, findRun, lockSession } from './rows.ts'

const SWEEP = 100

export async function requestApprovals(
  tx: Sql,
  run: ClaimedRun,
  { events, approvals, seq }: { events: NewEvent[]; approvals: NewApproval[]; seq: number },
) {
  await lockSession(tx, run.sessionId)
  await checkClaim(tx, run)
  for (const { approvalId, callId, toolName, fingerprint = null, form, expiresAt } of approvals) {
    const made = await tx.query(
      `INSERT INTO approvals (id, session_id, run_id, call_id, tool_name, fingerprint, form, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7::text::json, $8)
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        approvalId,
        run.sessionId,
        run.id,
        callId,
        toolName,
        form ? null : fingerprint,
        form ? JSON.stringify(form.schema) : null,
        expiresAt,
      ],
    )
    // Again after an answer of the database that was lost: all of it is there.
    if (made.length === 0) return { events: [], result: seq - 1 }
  }
  const asked = [...events, ...requestEvents(run, approvals)]
  return { events: asked, result: seq + asked.length - 1 }
}

/** The run's job goes with its worker: a run that waits for days has none that could expire. */
export async function park(tx: Sql, run: ClaimedRun, approvalIds: string[], jobs: RunJobs) {
  await lockSession(tx, run.sessionId)
  await checkClaim(tx, run)
  const decided = await tx.query('SELECT 1 FROM approvals WHERE id = ANY($1::uuid[]) AND decided_at IS NOT NULL', [approvalIds])
  const [parked] = await tx.query<{ status: string }>(
    "UPDATE runs SET status = CASE WHEN $2 OR cancel_requested_at IS NOT NULL THEN 'pending' ELSE 'waiting' END WHERE id = $1 RETURNING status",
    [run.id, decided.length > 0],
  )
  const isRunnable = parked?.status === 'pending'
  await jobs.discard(tx, run.id)
  if (isRunnable) await jobs.enqueue(tx, run.id)
  const event: NewEvent = { type: 'run:waiting', runId: run.id }
  return { events: [event], result: { isRunnable } }
}

export interface RunJobs {
  enqueue: EnqueueRun
  /** Removes a run's job, in the caller's transaction. */
  discard: EnqueueRun
}

interface ApprovalRow {
  id: string
  session_id: string
  run_id: string
  call_id: string
  tool_name: string
  fingerprint: string | null
  /** JSON text. */
  form: string | null
  is_expired: boolean
  is_decided: boolean
  decision_id: string | null
}

const APPROVAL = `SELECT id, session_id, run_id, call_id, tool_name, fingerprint, form::text AS form, expires_at <= now() AS is_expired,
  decided_at IS NOT NULL AS is_decided, decision_id FROM approvals WHERE id = $1`

/** Throws `not-found`; `conflict` when another decision was first. */
export async function decide(sql: Sql, log: EventLog<Sql>, approvalId: string, given: Decision, jobs: RunJobs): Promise<Decided> {
  const [found] = await sql.query<ApprovalRow>(APPROVAL, [approvalId])
  if (!found) throw new AppError('not-found', 'There is no such approval.')
  const decisionId = newId()
  return log.transact<Decided>(found.session_id, async (tx) => {
    await lockSession(tx, found.session_id)
    const [row] = await tx.query<ApprovalRow>(APPROVAL, [approvalId])
    const run = await findRun(tx, found.run_id)
    // Again after an answer of the database that was lost: the run may have gone on since.
    if (row?.decision_id === decisionId)
      return { events: [], result: { runId: found.run_id, isRunnable: run?.status === 'pending', isExpired: row.is_expired } }
    if (!row || row.is_decided || !run || run.status === 'finished') throw alreadyDecided()
    const decision = row.is_expired ? EXPIRED : given
    checkContent(decision, row.form === null ? undefined : JSON.parse(row.form))
    await tx.query('UPDATE approvals SET decided_at = now(), decision_id = $2 WHERE id = $1', [approvalId, decisionId])
    await rememberDecision(tx, row, decision)
    const isRunnable = run.status === 'waiting'
    if (isRunnable) {
      await tx.query("UPDATE runs SET status = 'pending' WHERE id = $1", [run.id])
      await jobs.enqueue(tx, run.id)
    }
    const call = { approvalId, runId: run.id, callId: row.call_id, toolName: row.tool_name, isForm: row.fingerprint === null }
    return { events: decisionEvents(call, decision), result: { runId: run.id, isRunnable, isExpired: row.is_expired } }
  })
}

async function rememberDecision(tx: Sql, row: ApprovalRow, { approved, remember = 'call' }: Decision): Promise<void> {
  if (remember === 'call' || row.fingerprint === null) return
  const inSession = remember === 'session'
  await tx.query(
    `INSERT INTO tool_decisions (id, user_id, session_id, tool_name, fingerprint, is_approved)
     SELECT $1, user_id, CASE WHEN $2::boolean THEN id END, $3, $4, $5 FROM sessions WHERE id = $6
     ON CONFLICT ${inSession ? '(session_id, tool_name) WHERE session_id IS NOT NULL' : '(user_id, tool_name) WHERE session_id IS NULL'}
     DO UPDATE SET fingerprint = excluded.fingerprint, is_approved = excluded.is_approved, created_at = now()`,
    [newId(), inSession, row.tool_name, row.fingerprint, approved, row.session_id],
  )
}

/** The session's own decision comes before the one for all. */
export async function recall(sql: Sql, sessionId: string, toolName: string, fingerprint: string): Promise<boolean | null> {
  const [row] = await sql.query<{ is_approved: boolean }>(
    `SELECT d.is_approved FROM sessions s JOIN tool_decisions d ON d.user_id = s.user_id AND (d.session_id = s.id OR d.session_id IS NULL)
     WHERE s.id = $1 AND d.tool_name = $2 AND d.fingerprint = $3 ORDER BY d.session_id NULLS LAST LIMIT 1`,
    [sessionId, toolName, fingerprint],
  )
  return row?.is_approved ?? null
}

export async function expiredApprovals(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `SELECT id FROM approvals WHERE decided_at IS NULL AND expires_at <= now() ORDER BY expires_at LIMIT ${SWEEP}`,
  )
  return rows.map(({ id }) => id)
}

export async function withdrawApproval(sql: Sql, approvalId: string): Promise<void> {
  await sql.query('UPDATE approvals SET decided_at = now() WHERE id = $1 AND decided_at IS NULL', [approvalId])
}

/** What a run that ends leaves undecided is decided: there is nothing to decide any more. */
export async function closeApprovals(tx: Sql, runId: string): Promise<void> {
  await tx.query('UPDATE approvals SET decided_at = now() WHERE run_id = $1 AND decided_at IS NULL', [runId])
}

/** A tool that asked something died with its worker. */
export async function closeForms(tx: Sql, runId: string): Promise<void> {
  await tx.query('UPDATE approvals SET decided_at = now() WHERE run_id = $1 AND fingerprint IS NULL AND decided_at IS NULL', [runId])
}
