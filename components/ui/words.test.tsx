import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Words } from './words.tsx'

const html = (text: string) => renderToStaticMarkup(<Words text={text} />)
const word = 'x'.repeat(2_001)

test.each([word, `short ${word}`, `${word}\nshort`])('text with a very long word is not kerned', (text) => {
  expect(html(text)).toBe(`<span class="unkerned">${text}</span>`)
})

test.each(['', 'short', 'many short words '.repeat(1_000), `${'x'.repeat(2_000)} ${'y'.repeat(2_000)}`])('other text is', (text) => {
  expect(html(text)).toBe(text)
})
