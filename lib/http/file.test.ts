import { expect, test } from 'vitest'
import { fileResponse } from './file.ts'

const data = new Uint8Array([1, 2, 3])

test('an image is shown, and nothing in it may act', async () => {
  const response = fileResponse({ data, mediaType: 'image/PNG', name: 'a.png' })
  expect(response.headers.get('content-type')).toBe('image/png')
  expect(response.headers.get('content-disposition')).toBe("inline; filename*=UTF-8''a.png")
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(data)
})

test.each(['text/html', 'image/svg+xml', 'application/javascript', ''])('%j is bytes, to be saved', (mediaType) => {
  const { headers } = fileResponse({ data, mediaType })
  expect(headers.get('content-type')).toBe('application/octet-stream')
  expect(headers.get('content-disposition')).toMatch(/^attachment;/)
})

test.each([`${'a'.repeat(199)}😀`, 'a\u0000\r\nSet-Cookie: x', '"; filename=x', '/etc/passwd'])('any name is a name: %j', (name) => {
  const disposition = fileResponse({ data, mediaType: 'image/png', name }).headers.get('content-disposition')
  expect(disposition).toMatch(/^inline; filename\*=UTF-8''[\w.%~!-]+$/)
})
