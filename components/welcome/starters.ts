export interface Starter {
  title: string
  /** What is sent. The demo model answers each by its rules: e2e/welcome.spec.ts. */
  text: string
}

export const STARTERS: readonly Starter[] = [
  { title: 'Work in steps', text: 'Make a todo list and calculate 17% of 1,240' },
  { title: 'Use a tool', text: 'What time is it in Tokyo?' },
  { title: 'Write code', text: 'Write a function in TypeScript that folds events into a state' },
  { title: 'Keep every word', text: 'Tell me a long story about a river; I will reload in the middle' },
]
