const ENDINGS: Record<string, string> = {
  bash: 'sh',
  shell: 'sh',
  zsh: 'sh',
  csharp: 'cs',
  javascript: 'js',
  typescript: 'ts',
  python: 'py',
  ruby: 'rb',
  rust: 'rs',
  markdown: 'md',
  kotlin: 'kt',
  haskell: 'hs',
  perl: 'pl',
  powershell: 'ps1',
  yml: 'yaml',
  text: 'txt',
  plaintext: 'txt',
  'c++': 'cpp',
  'objective-c': 'm',
  elixir: 'ex',
  erlang: 'erl',
}

/** What the name of a file with such code ends in; languages that are called like their files' ending stay as they are. */
export function endingOf(language: string): string {
  const name = language.toLowerCase()
  if (Object.hasOwn(ENDINGS, name)) return ENDINGS[name] ?? 'txt'
  return /^[a-z0-9]{1,10}$/.test(name) ? name : 'txt'
}
