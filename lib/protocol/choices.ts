/** What can be chosen, for the schemas and for what the page offers. */
export const REMEMBER = ['call', 'session', 'always'] as const
export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high'] as const
export const QUEUE_MODES = ['steer', 'follow-up'] as const
