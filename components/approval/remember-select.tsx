import { REMEMBER, type Remember } from '#lib/protocol/index.ts'

const WORDS: Record<Remember, string> = { call: 'this call', session: 'this session', always: 'always' }

/** For how long a decision holds. */
export function RememberSelect({ value, onChange }: { value: Remember; onChange: (value: Remember) => void }) {
  return (
    <label className="ml-auto flex items-center gap-1.5 text-small text-soft">
      Remember:
      <select
        className="field py-0.5"
        value={value}
        onChange={(event) => onChange(REMEMBER.find((one) => one === event.target.value) ?? 'call')}
      >
        {REMEMBER.map((option) => (
          <option key={option} value={option}>
            {WORDS[option]}
          </option>
        ))}
      </select>
    </label>
  )
}
