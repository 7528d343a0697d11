'use client'
import { Icon } from '../ui/icon.tsx'
import { sizeOf, textsOf, without } from './blocks.ts'

export interface PastedBlocksProps {
  blocks: string
  onChange: (blocks: string) => void
  /** The text goes into the field. */
  onEdit: (text: string) => void
}

/** What was pasted and is long: each block opens to be read, becomes text to be edited, or is removed. */
export function PastedBlocks({ blocks, onChange, onEdit }: PastedBlocksProps) {
  const texts = textsOf(blocks)
  if (texts.length === 0) return null
  return (
    <ul className="pasted-blocks" aria-label="Pasted text">
      {texts.map((text, index) => {
        const remove = () => onChange(without(blocks, index))
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same text may be pasted twice
          <li key={index} className="pasted-block">
            <details>
              <summary className="pasted-summary">
                <span className="font-medium text-ink">Pasted text</span> · {sizeOf(text)}
              </summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
              <section className="pasted-text" aria-label={`Pasted text ${index + 1}`} tabIndex={0}>
                <pre className="unkerned">{text}</pre>
              </section>
            </details>
            <button
              type="button"
              className="quiet-button"
              aria-label={`Edit pasted text ${index + 1} in the field`}
              onClick={() => {
                remove()
                onEdit(text)
              }}
            >
              Edit
            </button>
            <button type="button" className="icon-button" aria-label={`Remove pasted text ${index + 1}`} onClick={remove}>
              <Icon name="close" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
