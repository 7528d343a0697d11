import { expect, test } from 'vitest'
import { lex } from '../markdown/lex.ts'
import { plainAnswer } from './plain-answer.ts'

test('marks are left out, and what they mean stays', () => {
  const markdown = `# A *title*

Some **bold** text with \`code\`, a [link](https://example.com) and AT&amp;T.
It goes on  
on a new line.

> Quoted,
> twice

- one
- two
  1. first
  2. second
- [x] done
- [ ] open

| a | b |
|---|---|
| 1 | **2** |

\`\`\`ts
const x = 1
\`\`\`

---

$$ a^2 $$

A note[^1].

[^1]: What it says.
`
  expect(plainAnswer(markdown, { lex })).toBe(`A title

Some bold text with code, a link and AT&T.
It goes on
on a new line.

Quoted,
twice

• one
• two
  1. first
  2. second
[x] done
[ ] open

a\tb
1\t2

const x = 1

a^2

A note[^1].

[1] What it says.`)
})

test('a list with room in it keeps it, and goes on at its number', () => {
  expect(plainAnswer('3. a\n\n   more\n\n4. b', { lex })).toBe('3. a\n\n   more\n\n4. b')
})

test('code is named where it is not to be read', () => {
  expect(plainAnswer('Do\n\n```\nrm x\n```\n\nthen stop', { lex, codeAs: 'Code.' })).toBe('Do\n\nCode.\n\nthen stop')
})

test('raw HTML is the text that it is shown as', () => {
  expect(plainAnswer('<b>bold</b>\n\n<div>\nblock\n</div>', { lex })).toBe('<b>bold</b>\n\n<div>\nblock\n</div>')
})
