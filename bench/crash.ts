import { runCrashCycles } from './lib/crash-cycles.ts'

const cycles = Number(process.argv[2] ?? 50)
const result = await runCrashCycles(cycles, console.log)
const recovery = result.recoveryMs.toSorted((a, b) => a - b)
console.log(`
${result.cycles} cycles: ${result.takenOver} runs taken over, ${result.bytesLost} bytes lost, ${result.duplicated} events duplicated
from ready to the answer's end: median ${Math.round(recovery[Math.floor(recovery.length / 2)] ?? 0)} ms, longest ${Math.round(recovery.at(-1) ?? 0)} ms`)
for (const problem of result.problems) console.error(problem)
if (result.problems.length > 0 || result.bytesLost > 0 || result.duplicated > 0) process.exitCode = 1
