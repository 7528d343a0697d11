import { runCrashCycles } from './lib/crash-cycles.ts'
import { runToolCrashCycles } from './lib/tool-crash-cycles.ts'

const args = process.argv.slice(2)
const cycles = Number(args.find((arg) => /^\d+$/.test(arg)) ?? (args.includes('--tools') ? 200 : 50))
if (args.includes('--tools')) await crashTools()
else await crashAnswers()

async function crashAnswers(): Promise<void> {
  const { takenOver, bytesLost, duplicated, recoveryMs, problems } = await runCrashCycles(cycles, console.log)
  const recovery = recoveryMs.toSorted((a, b) => a - b)
  console.log(`
${cycles} cycles: ${takenOver} runs taken over, ${bytesLost} bytes lost, ${duplicated} events duplicated
from ready to the answer's end: median ${Math.round(recovery[Math.floor(recovery.length / 2)] ?? 0)} ms, longest ${Math.round(recovery.at(-1) ?? 0)} ms`)
  tell(problems, bytesLost > 0 || duplicated > 0)
}

async function crashTools(): Promise<void> {
  const { takenOver, repeated, unknown, completed, problems } = await runToolCrashCycles(cycles, console.log)
  console.log(`
${cycles} cycles of ten steps: ${takenOver} runs taken over, ${completed} calls ran once and have their result, ${unknown} have an outcome
that nobody knows, ${repeated} ran more than once; ${problems.length} problems`)
  tell(problems, repeated > 0)
}

function tell(problems: string[], isLoss: boolean): void {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0 || isLoss) process.exitCode = 1
}
