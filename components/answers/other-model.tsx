'use client'
import type { AssistantMessage } from '#lib/protocol/index.ts'
import { useBranches } from '../branches/branches.tsx'
import { ModelList } from '../models/model-list.tsx'
import { Unlisted } from '../models/unlisted.tsx'
import { useModels } from '../models/use-models.ts'

/** The models to give the answer again with; the one that gave it is marked. */
export function OtherModel({ answer, onDone }: { answer: AssistantMessage; onDone: () => void }) {
  const branches = useBranches()
  const { list, isAsking, problem, ask } = useModels()
  const choose = (model: string | null) => {
    onDone()
    if (list && !branches?.isBusy) void branches?.store.regenerate(answer.id, model ?? list.default)
  }
  return (
    <>
      <p className="anchored-title">Regenerate with another model</p>
      {list && <ModelList list={list} chosen={`${answer.provider}/${answer.model}`} onChoose={choose} />}
      <Unlisted providers={list?.providers ?? []} problem={problem} isAsking={isAsking} onAsk={ask} />
    </>
  )
}
