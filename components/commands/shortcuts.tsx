'use client'
import { useState } from 'react'
import { readStored, writeStored } from '#lib/client/index.ts'
import { Panel } from '../ui/panel.tsx'
import { CATALOG } from './catalog.ts'
import type { OverlayProps } from './commands.ts'
import { KeyNames } from './key-names.tsx'
import { NO_SINGLE_KEYS } from './keys.ts'

interface Shortcut {
  keys: string
  name: string
}

const GROUPS: readonly { name: string; shortcuts: readonly Shortcut[] }[] = [
  {
    name: 'Everywhere',
    shortcuts: [
      { keys: 'Mod K', name: 'All commands, and sessions by title' },
      ...CATALOG.flatMap(({ keys, name }) => (keys ? [{ keys, name }] : [])),
    ],
  },
  {
    name: 'While you write',
    shortcuts: [
      { keys: 'Enter', name: 'Send; while an answer is written, queue' },
      { keys: 'Mod Enter', name: 'Tell it to the answer that is being written' },
      { keys: 'Shift Enter', name: 'New line' },
    ],
  },
  {
    name: 'In the list of sessions',
    shortcuts: [{ keys: 'F2', name: 'Rename the session that has the focus' }],
  },
  {
    name: 'In find',
    shortcuts: [
      { keys: 'Enter', name: 'Next place' },
      { keys: 'Shift Enter', name: 'Place before' },
      { keys: 'Mod F', name: 'The browser’s own search' },
      { keys: 'Esc', name: 'Close' },
    ],
  },
]

/** Which keys do what, and whether those that are pressed alone do anything. */
export function Shortcuts({ onClose }: OverlayProps) {
  return (
    <Panel className="shortcuts" title="Keyboard shortcuts" onClose={onClose}>
      {GROUPS.map(({ name, shortcuts }) => (
        <section key={name} aria-label={name}>
          <h3 className="palette-heading">{name}</h3>
          <dl>
            {shortcuts.map((shortcut) => (
              <div key={shortcut.keys} className="shortcut">
                <dt>{shortcut.name}</dt>
                <dd>
                  <KeyNames keys={shortcut.keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <SingleKeys />
    </Panel>
  )
}

function SingleKeys() {
  const [isOff, setIsOff] = useState(() => readStored(NO_SINGLE_KEYS) !== null)
  const toggle = () => {
    writeStored(NO_SINGLE_KEYS, isOff ? null : '1')
    setIsOff(!isOff)
  }
  return (
    <label className="single-keys">
      <input type="checkbox" checked={!isOff} onChange={toggle} />
      Keys without Ctrl or ⌘, as / and ?, work outside of fields
    </label>
  )
}
