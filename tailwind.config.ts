import type { Config } from 'tailwindcss'
import plugin from 'tailwindcss/plugin'

/** Calm paper, one colour. Each token in both themes, in OKLCH. */
const tokens = {
  paper: ['.987 .004 100', '.178 .012 255'],
  raised: ['1 0 0', '.222 .014 255'],
  sunk: ['.962 .006 100', '.205 .013 255'],
  ink: ['.25 .02 255', '.935 .006 100'],
  soft: ['.46 .02 255', '.76 .014 255'],
  faint: ['.545 .018 255', '.66 .014 255'],
  hair: ['.905 .008 100', '.285 .014 255'],
  stream: ['.56 .105 222', '.75 .105 210'],
  'stream-ink': ['.46 .10 225', '.80 .09 208'],
  'stream-wash': ['.955 .022 215', '.245 .03 225'],
  warn: ['.66 .14 65', '.78 .13 75'],
  bad: ['.56 .19 25', '.68 .17 25'],
  good: ['.56 .12 158', '.74 .12 160'],
} as const

type Token = keyof typeof tokens
const names = Object.keys(tokens) as Token[]
const themed = (index: 0 | 1) => Object.fromEntries(names.map((name) => [`--${name}`, `oklch(${tokens[name][index]})`]))
const fonts = {
  sans: ['"Instrument Sans Variable"', '"Instrument Sans Fallback"', 'ui-sans-serif', 'system-ui', 'sans-serif'],
  mono: ['"JetBrains Mono Variable"', '"JetBrains Mono Fallback"', '"JetBrains Mono Fallback 2"', 'ui-monospace', 'monospace'],
}
const light = {
  ...themed(0),
  '--sans': fonts.sans.join(', '),
  '--mono': fonts.mono.join(', '),
  '--shadow': '0 1px 2px oklch(.25 .02 255 / .06), 0 8px 24px -12px oklch(.25 .02 255 / .12)',
  'color-scheme': 'light',
}
const dark = { ...themed(1), '--shadow': '0 1px 2px #0004, 0 10px 30px -12px #0008', 'color-scheme': 'dark' }

export default {
  content: ['./app/**/*.tsx', './components/**/*.tsx'],
  theme: {
    extend: {
      colors: Object.fromEntries(names.map((name) => [name, `var(--${name})`])),
      fontFamily: fonts,
      fontSize: { small: ['12.5px', '1.5'], list: ['14px', '1.5'], read: ['16px', '1.6'], code: ['13.5px', '1.65'] },
      borderRadius: { control: '8px', block: '10px', composer: '16px' },
      maxWidth: { measure: '744px' },
      boxShadow: { composer: 'var(--shadow)' },
      transitionDuration: { DEFAULT: '120ms' },
      transitionTimingFunction: { DEFAULT: 'ease-out' },
    },
  },
  plugins: [
    plugin(({ addBase }) =>
      addBase({
        ':root': light,
        '@media (prefers-color-scheme: dark)': { ':root:not([data-theme=light])': dark },
        ':root[data-theme=dark]': dark,
      }),
    ),
  ],
} satisfies Config
