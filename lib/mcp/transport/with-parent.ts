import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

interface Program {
  command: string
  args: readonly string[]
}

interface Surroundings {
  cwd: string | undefined
  env: Record<string, string | undefined>
}

let canBind: boolean | undefined

/**
 * A program as one that Linux kills when the process that starts it dies in whatever way, where util-linux is there to say so; else
 * as it is. What that program starts itself is not bound.
 */
export function withParent(program: Program, surroundings: Surroundings): Program {
  canBind ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0
  // What cannot be found fails as itself.
  if (!canBind || !isFound(program.command, surroundings)) return program
  return { command: 'setpriv', args: ['--pdeathsig', 'KILL', '--', program.command, ...program.args] }
}

function isFound(command: string, { cwd = '.', env }: Surroundings): boolean {
  if (command.includes('/')) return canRun(isAbsolute(command) ? command : resolve(cwd, command))
  return (env.PATH ?? '').split(delimiter).some((folder) => canRun(join(folder, command)))
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
