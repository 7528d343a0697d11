import * as z from 'zod/mini'
import { sessionInfo } from './events.ts'
import { assistantMessage, message, queuedMessage, usage } from './messages.ts'

export const activeRun = z.object({
  id: z.string(),
  /**
   * `pending`: no worker yet; `thinking`: a model call without output; `writing`; `calling`: tools run; `retrying`: waiting for the
   * provider; `waiting`: for a person, and no worker has it.
   */
  phase: z.enum(['pending', 'thinking', 'writing', 'calling', 'retrying', 'waiting']),
  epoch: z.number(),
  startedAt: z.string(),
  /** While `phase` is `retrying`: which attempt comes next, when, and why. */
  retry: z.optional(z.object({ attempt: z.number(), maxAttempts: z.number(), at: z.string(), waitMs: z.number(), message: z.string() })),
  /** The answer as written so far; null until a worker has started. */
  answer: z.nullable(assistantMessage),
  /** The current step, from 1; 0 before the first. */
  step: z.number(),
  /** Number of the answer's parts that stood before the current step: what a discard goes back to. */
  stepStart: z.number(),
  /** What the completed steps used. */
  usage,
  /** How long workers worked on it, in ms, up to when the last one let go of it; absent for none. */
  workedMs: z.optional(z.number()),
  /** Since when the worker that has it does, and when it last wrote. */
  workingSince: z.optional(z.string()),
  workedAt: z.optional(z.string()),
})
export type ActiveRun = z.infer<typeof activeRun>

/** The folded state of a session at `cursor`: what the snapshot route sends and what `reduce` carries on. */
export const sessionState = z.object({
  session: sessionInfo,
  deleted: z.boolean(),
  /** Settled messages of the branch that is shown, oldest first: a page of the newest. Each is the parent of the next. */
  messages: z.array(message),
  /**
   * Where the conversation parts: the ids of what follows a message, oldest first, for each parent of a message in `messages`, and
   * for the last one, that has more than one. By the parent's id; "" for what the conversation begins with.
   */
  branches: z._default(z.record(z.string(), z.array(z.string())), {}),
  /** True when older messages exist before the first of `messages`. */
  hasOlder: z.boolean(),
  activeRun: z.nullable(activeRun),
  /** Messages that wait for their run, in order. */
  queue: z.array(queuedMessage),
  cursor: z.number(),
})
export type SessionState = z.infer<typeof sessionState>
export type Snapshot = SessionState
