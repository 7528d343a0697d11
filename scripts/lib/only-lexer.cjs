/**
 * For the bundler: of marked, which is one file, the page uses only what reads (decision 0021). What makes HTML of it comes after
 * that, and is left out: a quarter of it.
 */
module.exports = (source) => {
  const end = source.search(/var \w+=class\{options;parser;/)
  const names = /export\{(?:.*,)?(\w+) as Lexer,.*?(\w+) as Tokenizer[,}]/.exec(source)
  if (end === -1 || !names) throw new Error('This version of marked is laid out in another way: see scripts/lib/only-lexer.cjs.')
  return `${source.slice(0, end)}export{${names[1]} as Lexer,${names[2]} as Tokenizer};`
}
