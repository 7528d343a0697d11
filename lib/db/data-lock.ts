import 'server-only'
import { existsSync, linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, newId } from '#lib/protocol/index.ts'
import { makeFolder } from './make-folder.ts'

const TOUCH_MS = 5_000
/** A server that was just killed may take this long to be gone. */
const PATIENCE_MS = 3_000
/** Another host (a container on the same volume) that has not touched its lock for this long is gone. */
const FOREIGN_STALE_MS = 20_000
/** A container of the same host name: mostly the one before this, which was just killed. Its clock is ours. */
const SIBLING_STALE_MS = 7_000

interface Holder {
  pid: number
  /** When the process began, in the kernel's words; tells a reused pid from the same process. */
  born: string
  host: string
  /** Which numbers its pid is one of: containers can have one host name and pids of their own. Absent where there is no /proc. */
  namespace?: string | undefined
}

export interface DataLock {
  release(): void
}

/**
 * Takes the data folder for this process: two on one folder would corrupt the embedded database. A lock whose
 * process is dead is taken over; one that lives on throws `data-folder-locked`, naming its holder.
 */
export async function lockDataFolder(folder: string, patienceMs = PATIENCE_MS): Promise<DataLock> {
  for (const until = performance.now() + patienceMs; ; await pause(100)) {
    try {
      return lockNow(folder)
    } catch (error) {
      const isLocked = error instanceof AppError && error.code === 'data-folder-locked'
      if (!isLocked || performance.now() > until) throw error
    }
  }
}

function lockNow(folder: string): DataLock {
  makeFolder(folder)
  const path = join(folder, 'rill.lock')
  const own = join(folder, `rill.lock.${newId()}`)
  const holder: Holder = { pid: process.pid, born: bornOf(process.pid), host: hostname(), namespace: pidNamespace() }
  const text = JSON.stringify(holder)
  writeFileSync(own, text, { flag: 'wx' })
  try {
    takeLock(path, own, folder)
  } finally {
    rmSync(own, { force: true })
  }
  const touch = setInterval(() => touchLock(path, text), TOUCH_MS)
  touch.unref()
  return {
    release() {
      clearInterval(touch)
      if (readText(path) === text) rmSync(path, { force: true })
    },
  }
}

/**
 * A process that was frozen for so long that another took its folder must not write a word more, and one whose folder is gone has
 * nowhere to write. Someone who removes the lock of a living server is told, and the server goes on.
 */
function touchLock(path: string, text: string): void {
  const found = readText(path)
  if (found !== undefined && found !== text) {
    console.error(`[rill] Another Rill has taken over the data folder while this one stood still (${path}). This one ends.`)
    process.exit(1)
  }
  if (!existsSync(dirname(path))) {
    console.error(`[rill] The data folder ${dirname(path)} was removed while Rill was running. What was in it is gone; this Rill ends.`)
    process.exit(1)
  }
  if (found === undefined) console.error(`[rill] The lock ${path} was removed. Start no other Rill on this folder.`)
  else utimesSync(path, new Date(), new Date())
}

/** A hard link is made by one process only; a stale lock is first moved aside, and given back if it was not the stale one. */
function takeLock(path: string, own: string, folder: string): void {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (tryLink(own, path)) return
    const seen = readText(path)
    if (seen === undefined) continue
    const holder = parseHolder(seen)
    if (holder && isAlive(holder, path)) throw lockedError(folder, holder)
    const aside = `${own}.stale`
    if (!tryRename(path, aside)) continue
    const moved = readText(aside)
    if (moved !== seen) tryLink(aside, path)
    rmSync(aside, { force: true })
  }
  throw new AppError(
    'data-folder-locked',
    `Could not lock the data folder ${folder}: others keep taking it. Start one Rill at a time on it.`,
  )
}

function lockedError(folder: string, holder: Holder): AppError {
  const where = isNeighbour(holder) ? `process ${holder.pid}` : `process ${holder.pid} on host ${holder.host}`
  return new AppError(
    'data-folder-locked',
    `The data folder ${folder} is in use by ${where}. Stop it first, or give this one another folder with RILL_DATA_DIR.`,
  )
}

function isAlive(holder: Holder, path: string): boolean {
  if (!isNeighbour(holder)) {
    const staleMs = holder.host === hostname() ? SIBLING_STALE_MS : FOREIGN_STALE_MS
    return Date.now() - statSync(path).mtimeMs < staleMs
  }
  if (holder.pid === process.pid) return holder.born === bornOf(process.pid)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return holder.born === bornOf(holder.pid)
}

/**
 * Field 22 of /proc/<pid>/stat (proc(5)): start time in clock ticks since boot. Empty where there is no /proc. A process that
 * has ended and was not waited for (field 3) was never born.
 */
function bornOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return /^[ZX]/.test(fields[0] ?? '') ? 'ended' : (fields[19] ?? '')
}

/** True when its pid says something here. */
function isNeighbour({ host, namespace }: Holder): boolean {
  return host === hostname() && (namespace === undefined || namespace === pidNamespace())
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    // No /proc, so no containers of this kind.
    return undefined
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, born, host, namespace } = JSON.parse(text) as Partial<Holder>
    if (typeof pid === 'number' && typeof born === 'string' && typeof host === 'string') return { pid, born, host, namespace }
  } catch {
    // A lock that cannot be read was cut off by a crash: nobody holds it.
  }
  return undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
