import type { EventLog } from '#lib/log/index.ts'
import { AppError } from '#lib/protocol/index.ts'
import {
  type AgentStore,
  alreadyDecided,
  type ClaimedRun,
  checkContent,
  type Decided,
  type Decision,
  decisionEvents,
  EXPIRED,
  type NewApproval,
  requestEvents,
} from '../store.ts'

interface StoredApproval extends NewApproval {
  sessionId: string
  runId: string
  isDecided: boolean
}

interface Run {
  status: 'queued' | 'pending' | 'running' | 'waiting' | 'finished'
  isCancelled: boolean
}

export interface MemoryApprovalsOptions {
  log: EventLog
  /** Throws `run-fenced`. */
  checkClaim: (run: ClaimedRun) => Run
  findRun: (runId: string) => Run | undefined
  ownerOf: (sessionId: string) => string
}

type ApprovalStore = Pick<AgentStore, 'requestApprovals' | 'parkRun' | 'decide' | 'withdrawApproval' | 'recall' | 'expiredApprovals'>

export interface MemoryApprovals {
  store: ApprovalStore
  /** What a run that ends leaves undecided is decided: there is nothing to decide any more. */
  close: (runId: string) => void
  forget: (sessionId: string) => void
}

/** What people are asked and decided, in this process. */
export function createMemoryApprovals(options: MemoryApprovalsOptions): MemoryApprovals {
  const { log, checkClaim, findRun, ownerOf } = options
  const approvals = new Map<string, StoredApproval>()
  /** By whose it is, or in which session, and the tool. */
  const decisions = new Map<string, { fingerprint: string; approved: boolean }>()

  function note({ sessionId, toolName, fingerprint, form }: StoredApproval, { approved, remember = 'call' }: Decision): void {
    if (remember === 'call' || fingerprint === undefined || form) return
    decisions.set(keyOf(remember === 'session' ? sessionId : ownerOf(sessionId), toolName), { fingerprint, approved })
  }

  return {
    close(runId) {
      for (const approval of approvals.values()) if (approval.runId === runId) approval.isDecided = true
    },
    forget(sessionId) {
      for (const [id, approval] of approvals) if (approval.sessionId === sessionId) approvals.delete(id)
    },
    store: {
      requestApprovals: (claimed, events, requested) =>
        log.transact(claimed.sessionId, async (_tx, { seq }) => {
          checkClaim(claimed)
          if (requested.some(({ approvalId }) => approvals.has(approvalId))) return { events: [], result: seq - 1 }
          for (const one of requested) {
            approvals.set(one.approvalId, { ...one, sessionId: claimed.sessionId, runId: claimed.id, isDecided: false })
          }
          const asked = [...events, ...requestEvents(claimed, requested)]
          return { events: asked, result: seq + asked.length - 1 }
        }),
      parkRun: (claimed, approvalIds) =>
        log.transact(claimed.sessionId, async () => {
          const run = checkClaim(claimed)
          const isRunnable = run.isCancelled || approvalIds.some((id) => approvals.get(id)?.isDecided !== false)
          run.status = isRunnable ? 'pending' : 'waiting'
          return { events: [{ type: 'run:waiting', runId: claimed.id }], result: { isRunnable } }
        }),
      async decide(approvalId, given) {
        const approval = approvals.get(approvalId)
        if (!approval) throw new AppError('not-found', 'There is no such approval.')
        return log.transact<Decided>(approval.sessionId, async () => {
          const run = findRun(approval.runId)
          if (approval.isDecided || !run || run.status === 'finished') throw alreadyDecided()
          const isExpired = Date.parse(approval.expiresAt) <= Date.now()
          const decision = isExpired ? EXPIRED : given
          checkContent(decision, approval.form?.schema)
          approval.isDecided = true
          note(approval, decision)
          const isRunnable = run.status === 'waiting'
          if (isRunnable) run.status = 'pending'
          const events = decisionEvents({ ...approval, isForm: approval.form !== undefined }, decision)
          return { events, result: { runId: approval.runId, isRunnable, isExpired } }
        })
      },
      async withdrawApproval(approvalId) {
        const approval = approvals.get(approvalId)
        if (approval) approval.isDecided = true
      },
      async recall(sessionId, toolName, fingerprint) {
        const found = [sessionId, ownerOf(sessionId)].map((whose) => decisions.get(keyOf(whose, toolName)))
        return found.find((decision) => decision?.fingerprint === fingerprint)?.approved ?? null
      },
      async expiredApprovals() {
        const now = Date.now()
        return [...approvals.values()].filter((one) => !one.isDecided && Date.parse(one.expiresAt) <= now).map((one) => one.approvalId)
      },
    },
  }
}

function keyOf(whose: string, toolName: string): string {
  return `${whose} ${toolName}`
}
