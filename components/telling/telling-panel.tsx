'use client'
import { useState } from 'react'
import { type Telling, tellingNow, turnOff, turnOn } from '#lib/client/live/tell.ts'
import { Panel } from '../ui/panel.tsx'

const WORDS: Record<Telling, string> = {
  unsupported: 'This browser has none for pages like this one. The title of the tab says it all the same.',
  blocked: 'This browser does not allow them here. Allow notifications for this site in its settings, then open this again.',
  unasked: 'They are off. The browser will ask you whether Rill may.',
  on: 'They are on in this browser.',
  off: 'They are off in this browser.',
}

/** Turns notifications on and off, for all tabs of this browser. */
export function TellingPanel({ onClose }: { onClose: () => void }) {
  const [telling, setTelling] = useState(tellingNow)
  const change = async () => setTelling(telling === 'on' ? turnOff() : await turnOn())
  return (
    <Panel title="Notifications" onClose={onClose}>
      <p>Rill can tell you when an answer has ended, or waits for you, while none of its tabs is in front.</p>
      <div className="flex items-center gap-3 pb-2">
        <p className="min-w-0 flex-1 text-small text-soft" role="status">
          {WORDS[telling]}
        </p>
        {telling !== 'unsupported' && telling !== 'blocked' && (
          <button type="button" className="quiet-button flex-none border border-hair font-medium" onClick={() => void change()}>
            {telling === 'on' ? 'Turn off' : 'Turn on'}
          </button>
        )}
      </div>
    </Panel>
  )
}
