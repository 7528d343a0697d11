import { DockerfileParser, ModifiableInstruction, PropertyInstruction } from 'dockerfile-ast'

/** One instruction of a Dockerfile. */
export interface Instruction {
  keyword: string
  /** What stands before the arguments as `--name=value`. */
  flags: Record<string, string>
  /** The arguments, split as the builder splits them; ENV's and LABEL's as `name=value`, without quotes. */
  args: string[]
  /** What follows the flags, as it is written: a shell's command, or a list in JSON. */
  text: string
}

export interface Stage {
  /** What follows FROM: an image, or the name of a stage before. */
  image: string
  name?: string
  instructions: Instruction[]
}

type Parsed = ReturnType<ReturnType<typeof DockerfileParser.parse>['getInstructions']>[number]

/** The stages of a Dockerfile, in order. */
export function stagesOf(dockerfile: string): Stage[] {
  const stages: Stage[] = []
  for (const parsed of DockerfileParser.parse(dockerfile).getInstructions()) {
    const { keyword, args, ...rest } = readInstruction(parsed)
    if (keyword === 'FROM') stages.push({ image: args[0] ?? '', ...(args[2] !== undefined && { name: args[2] }), instructions: [] })
    else stages.at(-1)?.instructions.push({ keyword, args, ...rest })
  }
  return stages
}

function readInstruction(parsed: Parsed): Instruction {
  const flags = parsed instanceof ModifiableInstruction ? parsed.getFlags() : []
  const isPairs = parsed instanceof PropertyInstruction && parsed.getKeyword() !== 'ARG'
  return {
    keyword: parsed.getKeyword(),
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    args: isPairs
      ? parsed.getProperties().map((pair) => `${pair.getName()}=${pair.getValue()}`)
      : parsed.getArguments().map((argument) => argument.getValue()),
    text: (parsed.getArgumentsContent() ?? '').replace(/^(--\S+\s+)*/, ''),
  }
}

/** The last ENTRYPOINT and CMD together, which must both be lists: no shell. */
export function commandOf({ instructions }: Stage): string[] {
  return ['ENTRYPOINT', 'CMD'].flatMap((keyword) => {
    const last = instructions.findLast((instruction) => instruction.keyword === keyword)
    return last ? (JSON.parse(last.text) as string[]) : []
  })
}

/** What a stage's ENV or LABEL set, by name. */
export function pairsOf({ instructions }: Stage, keyword: 'ENV' | 'LABEL'): Record<string, string> {
  const pairs = instructions.filter((instruction) => instruction.keyword === keyword).flatMap(({ args }) => args)
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s, 2) as [string, string]))
}
