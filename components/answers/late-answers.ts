import { latePart } from '../ui/late.tsx'

/** All that is only needed once something is done with what was said: one script, so that the page names only one. */
export const lateAnswers = latePart(async () => (await import('./answers-part.tsx')).AnswersPart)
