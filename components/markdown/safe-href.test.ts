import { expect, test } from 'vitest'
import { safeHref } from './safe-href.ts'

test.each([
  ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
  ['HTTP://EXAMPLE.com', 'http://example.com/'],
  ['mailto:a@example.com', 'mailto:a@example.com'],
])('%s leads somewhere', (href, expected) => expect(safeHref(href)).toBe(expected))

test.each([
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'blob:https://example.com/1',
  'file:///etc/passwd',
  '/api/sessions',
  '//example.com',
  '#top',
  '',
  'https://',
])('%j leads nowhere', (href) => expect(safeHref(href)).toBeUndefined())
