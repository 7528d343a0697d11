import type { EventLog } from '#lib/log/index.ts'
import { AppError } from '#lib/protocol/index.ts'
import {
  type AgentStore,
  alreadyDecided,
  askedAlready,
  type ClaimedRun,
  type Decided,
  type Decision,
  decisionEvents,
  EXPIRED,
  type NewApproval,
  requestEvents,
} from './store.ts'

interface StoredApproval extends NewApproval {
  sessionId: string
  runId: string
  isDecided: boolean
}

interface Run {
  status: 'queued' | 'pending' | 'running' | 'waiting' | 'finished'
}

export interface MemoryApprovalsOptions {
  log: EventLog
  /** Throws `run-fenced`. */
  checkClaim: (run: ClaimedRun) => Run
  findRun: (runId: string) => Run | undefined
  ownerOf: (sessionId: string) => string
}

type ApprovalStore = Pick<AgentStore, 'requestApprovals' | 'parkRun' | 'decide' | 'recall' | 'expiredApprovals'>

/** What people are asked and decided, in this process. `close`: what a run that ends leaves undecided is decided. */
export function createMemoryApprovals(options: MemoryApprovalsOptions): { store: ApprovalStore; close: (runId: string) => void } {
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
      for (const [id, approval] of approvals) if (approval.runId === runId) approvals.delete(id)
    },
    store: {
      requestApprovals: (claimed, events, requested) =>
        log.transact(claimed.sessionId, async () => {
          checkClaim(claimed)
          if (requested.some(({ approvalId }) => approvals.has(approvalId))) throw askedAlready()
          for (const one of requested) {
            approvals.set(one.approvalId, { ...one, sessionId: claimed.sessionId, runId: claimed.id, isDecided: false })
          }
          return { events: [...events, ...requestEvents(claimed, requested)], result: undefined }
        }),
      parkRun: (claimed, approvalIds) =>
        log.transact(claimed.sessionId, async () => {
          const run = checkClaim(claimed)
          const isRunnable = approvalIds.some((id) => approvals.get(id)?.isDecided !== false)
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
          approval.isDecided = true
          note(approval, decision)
          const isRunnable = run.status === 'waiting'
          if (isRunnable) run.status = 'pending'
          const events = decisionEvents({ ...approval, isForm: approval.form !== undefined }, decision)
          return { events, result: { runId: approval.runId, isRunnable, isExpired } }
        })
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
