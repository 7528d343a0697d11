import { latePart } from '../ui/late.tsx'

export const lateCard = latePart(async () => (await import('./approval-card.tsx')).ApprovalCard)
