import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { Markdown } from './markdown.tsx'

const html = (text: string) =>
  renderToStaticMarkup(<Markdown text={text} />).replace(/^<div class="prose"><div class="prose-section">(.*)<\/div><\/div>$/s, '$1')

describe('what a model must not do', () => {
  test.each([
    '<script>alert(1)</script>',
    'a <img src=x onerror="alert(1)"> b',
    '<iframe src="https://example.com"></iframe>\n\ntext',
    '- <svg onload=alert(1)>',
    '| <b onclick=alert(1)>a</b> |\n| - |\n| <style>*{}</style> |',
    '```<img src=x>\n<img src=x>\n```',
    '# <object data=x>',
    '[<img src=x>](https://example.com "<img src=x>")',
    '![<img src=x>](https://example.com/"onerror="alert(1))',
    '&lt;img src=x&gt; &#60;script&#62;',
  ])('%s is shown as text', (text) => {
    const tags = Array.from(html(text).matchAll(/<([a-z0-9]+)/g), (match) => match[1])
    for (const tag of ['script', 'img', 'iframe', 'svg', 'style', 'object', 'b']) expect(tags).not.toContain(tag)
    expect(html(text)).not.toMatch(/<[^>]+\son[a-z]+=/)
  })

  test.each([
    '[a](javascript:alert(1))',
    '[a](/api/sessions)',
    '[a](data:text/html,x)',
    '<javascript:alert(1)>',
    '[a][b]\n\n[b]: vbscript:x',
  ])('%s leads nowhere', (text) => expect(html(text)).not.toContain('<a'))

  test('an image is named and not fetched: a button says from where it would come', () => {
    expect(html('![A pixel](https://example.org/a.png)')).toBe(
      '<p><span class="remote-image"><span>A pixel</span><button type="button" class="quiet-button" aria-label="Show from example.org: A pixel">Show from example.org</button></span></p>',
    )
    expect(html('![x](data:image/png;base64,AA)')).toBe('<p>Image: x</p>')
    expect(html('![x](mailto:a@example.org)')).toBe('<p>Image: x</p>')
  })
})

test.each([
  '[![a](https://example.org/3.png)](https://example.com)',
  '[see **![a](https://example.org/3.png)**](https://example.com)',
  '[![](https://example.org/3.png)][b]\n\n[b]: https://example.com',
])('an image in a link stands beside it: %s', (text) => {
  const drawn = html(text)
  const [link = '', after = ''] = drawn.slice(drawn.indexOf('<a')).split('</a>')
  expect(link).toMatch(/a$|<strong>a<\/strong>$|Image$/)
  expect(link).not.toContain('<button')
  expect(after).toContain('Show from example.org</button>')
})

test('a link says where it leads, and takes nothing along', () => {
  expect(html('[here](https://example.com)')).toBe(
    '<p><a href="https://example.com/" title="https://example.com/" data-host="example.com" target="_blank" rel="noopener noreferrer nofollow">here</a></p>',
  )
  expect(html('[a](https://example.com/b "a \\"title\\"")')).toContain('title="a &quot;title&quot;\nhttps://example.com/b"')
  expect(html('[bank.example](https://example.com)')).toContain('data-host="example.com"')
  for (const own of [
    'https://example.com/b',
    '<https://example.com>',
    'www.example.com',
    '<a@example.com>',
    '[example.com](https://example.com)',
  ])
    expect(html(own)).not.toContain('data-host')
})

describe('what a model writes', () => {
  test.each([
    ['*a* **b** ~~c~~ `d`', '<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>'],
    ['a  \nb\\\nc', '<p>a<br/>b<br/>c</p>'],
    ['&amp; &copy; &#x41; &bogus; \\*', '<p>&amp; © A &amp;bogus; *</p>'],
    ['1 < 2 && 3 > 2', '<p>1 &lt; 2 &amp;&amp; 3 &gt; 2</p>'],
    ['3. a\n4. b', '<ol dir="auto" start="3" data-digits="1"><li><p>a</p></li><li><p>b</p></li></ol>'],
    [
      '- [x] a',
      '<ul dir="auto"><li class="task"><input type="checkbox" readOnly="" disabled="" aria-label="Done" checked=""/><p>a</p></li></ul>',
    ],
    ['> a', '<blockquote dir="auto"><p>a</p></blockquote>'],
    ['a\n\n---', '<p>a</p><hr/>'],
    ['# a', '<h2 data-depth="1" id="a-_R_0_-0">a<a class="heading-link" href="#a-_R_0_-0" aria-label="Link to “a”">#</a></h2>'],
    ['###### a', '<h2 data-depth="6" id="a-_R_0_-0">a<a class="heading-link" href="#a-_R_0_-0" aria-label="Link to “a”">#</a></h2>'],
  ])('%j', (text, expected) => expect(html(text)).toBe(expected))

  test('a table with its alignments', () => {
    expect(html('| a | b |\n| :-: | --: |\n| `c` | d |')).toContain(
      '<tbody role="rowgroup"><tr role="row"><td role="cell" class="text-center"><code>c</code></td><td role="cell" class="text-right">d</td></tr></tbody>',
    )
  })

  test('code, with its language and as it was written', () => {
    const drawn = html('```ts title="x"\nif (a < b) {\n\n  c()\n}\n```')
    expect(drawn).toContain('aria-label="Code, ts"')
    expect(drawn).toContain('<code><span class="code-piece">if (a &lt; b) {\n\n  c()\n}</span></code>')
  })
})
