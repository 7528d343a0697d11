'use client'
import { type ReactNode, type Ref, useId, useImperativeHandle, useRef } from 'react'
import { Dialog, type DialogProps } from './dialog.tsx'
import { Icon } from './icon.tsx'

export interface PanelProps extends Pick<DialogProps, 'onClose' | 'onEscape' | 'isKept'> {
  ref?: Ref<{ close(): void }>
  className?: string
  title: string
  children: ReactNode
}

/** A dialog with its name and its way out at the top. */
export function Panel({ ref, className = '', title, children, ...given }: PanelProps) {
  const dialog = useRef<{ close(): void }>(null)
  const close = () => dialog.current?.close()
  useImperativeHandle(ref, () => ({ close }))
  const id = useId()
  return (
    <Dialog ref={dialog} className={`panel ${className}`} labelledBy={id} {...given}>
      <div className="panel-content">
        <header className="flex items-center gap-2">
          <h2 id={id} className="font-semibold text-read">
            {title}
          </h2>
          <button type="button" className="icon-button ml-auto" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </Dialog>
  )
}
