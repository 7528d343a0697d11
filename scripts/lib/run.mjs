import { spawn } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** A failure whose message is all that the reader needs. */
export class SetupError extends Error {}

/**
 * Runs a command, in the project's folder unless told otherwise. Resolves with its exit code and, when quiet, what it printed. Ends it after
 * `limitMs`.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv, limitMs?: number, cwd?: string }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { quiet = false, env = process.env, limitMs = 15 * 60_000, cwd = root } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'] })
    const output = []
    child.stdout?.on('data', (bytes) => output.push(bytes))
    child.stderr?.on('data', (bytes) => output.push(bytes))
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      fail(error)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ code: code ?? (signal === 'SIGKILL' ? 137 : 1), output: Buffer.concat(output).toString('utf8') })
    })
  })
}

/** Runs a step quietly; throws a `SetupError` with what it printed when it fails. */
export async function step(title, command, args, options = {}) {
  console.log(title)
  const { code, output } = await run(command, args, { quiet: true, ...options })
  if (code !== 0) throw new SetupError(`${title} failed (exit ${code}):\n${output.slice(-4_000)}`)
  return output
}

/** The path of a package's program. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', name)
}

/** Runs `main`; a `SetupError` ends the process with its message alone. */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error)
    process.exitCode = 1
  }
}
