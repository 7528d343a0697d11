import 'server-only'
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Header } from './format.ts'

type Mark = NonNullable<Header['secretMark']>

/** Tells a secret from another one, and takes long to be guessed from. */
export function markOf(secret: string, salt = randomBytes(16).toString('base64url')): Mark {
  return { salt, hash: scryptSync(secret, salt, 32).toString('base64url') }
}

export interface SecretOptions {
  header: Header
  target: 'embedded' | 'postgres'
  /** `RILL_SECRET`. */
  given: string | undefined
  /** What the target's data folder keeps already. */
  kept: string | undefined
  /** The backup, as one would name it in a shell. */
  file: string
}

/** What becomes of the secret: one for the data folder to keep from now on, or what a person has to do so that visitors stay who they are. */
export function settleSecret({ header, target, given, kept, file }: SecretOptions): { keep?: string; advice?: string } {
  const isKept = target === 'embedded' && given === undefined
  if (isKept && header.secret !== undefined) return header.secret === kept ? {} : { keep: header.secret }
  const used = isKept ? kept : given
  if (header.secretMark && used !== undefined && isSame(header.secretMark, used)) return {}
  const where =
    header.secret === undefined
      ? 'the RILL_SECRET of the server that was backed up.'
      : `what this prints: npm run -s restore -- ${file} --print-secret`
  return {
    advice: `Set RILL_SECRET to ${where}\nWith another secret nobody is signed in any more, and visitors without an account lose sight of their sessions.`,
  }
}

function isSame({ salt, hash }: Mark, secret: string): boolean {
  const [one, other] = [hash, markOf(secret, salt).hash].map((text) => Buffer.from(text))
  return one !== undefined && other !== undefined && one.length === other.length && timingSafeEqual(one, other)
}
