import type { Field } from './form-fields.ts'

interface FormControlProps {
  field: Exclude<Field, { kind: 'boolean' | 'choices' }>
  name: string
  id: string
  describedBy: string | undefined
}

/** The browser's own control for a field. */
export function FormControl({ field, name, id, describedBy }: FormControlProps) {
  const common = { id, name, className: 'field w-full', required: field.isRequired, 'aria-describedby': describedBy }
  switch (field.kind) {
    case 'choice':
      return (
        <select {...common} defaultValue={field.initial ?? ''}>
          {(!field.isRequired || field.initial === undefined) && <option value="">Choose…</option>}
          {field.options.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )
    case 'number':
      return (
        <input
          {...common}
          type="number"
          inputMode={field.isInteger ? 'numeric' : 'decimal'}
          step={field.isInteger ? 1 : 'any'}
          min={field.min}
          max={field.max}
          defaultValue={field.initial}
        />
      )
    case 'text': {
      const initial = field.type === 'datetime-local' ? localTime(field.initial) : field.initial
      return <input {...common} type={field.type} minLength={field.min} maxLength={field.max} defaultValue={initial} />
    }
    default:
      return field satisfies never
  }
}

export function ChoicesControl({ field, name }: { field: Extract<Field, { kind: 'choices' }>; name: string }) {
  return (
    <div className="grid gap-1">
      {field.options.map(({ value, label }) => (
        <label key={value} className="flex items-baseline gap-2">
          <input type="checkbox" name={name} value={value} defaultChecked={field.initial.includes(value)} />
          <span className="min-w-0">{label}</span>
        </label>
      ))}
    </div>
  )
}

/** A time as the control takes it: this place's, to the minute. */
function localTime(iso: string | undefined): string | undefined {
  const time = new Date(iso ?? '')
  if (Number.isNaN(time.getTime())) return undefined
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}
