'use client'

import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTexts } from '#texts'

type DialogProps = {
  isOpen: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children: ReactNode
}

/** The browser's own modal dialog: it keeps the focus, closes on Escape, and is a sheet at the bottom on a phone. */
export function Dialog({ isOpen, onClose, title, description, children }: DialogProps) {
  const t = useTexts('ui')
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)

  useEffect(() => {
    if (isOpen && !dialog.current?.open) {
      dialog.current?.showModal()
      // Where the content asks for the focus, it gets it; else the browser takes the first control.
      dialog.current?.querySelector<HTMLElement>('[data-focus-first]')?.focus()
    }
    if (!isOpen && dialog.current?.open) dialog.current.close()
  }, [isOpen])

  return (
    <dialog
      ref={dialog}
      // The browser says that it has closed a while after it has: whoever opens it again meanwhile would have it closed under them.
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClose={() => !dialog.current?.open && onClose()}
      aria-labelledby={`${id}-title`}
      className="m-auto max-h-[calc(100dvh-2rem)] w-[min(30rem,calc(100vw-2rem))] overflow-y-auto rounded-ui border border-hairline bg-surface p-0 text-start whitespace-normal max-sm:mx-0 max-sm:mb-0 max-sm:max-h-[92dvh] max-sm:w-full max-sm:max-w-none max-sm:rounded-b-none"
    >
      {isOpen && (
        <div className="p-5">
          <header className="mb-4 flex items-start justify-between gap-4">
            <div className="min-w-0">
              <h2 id={`${id}-title`} className="text-lg font-semibold">
                {title}
              </h2>
              {description && <p className="mt-1 text-muted">{description}</p>}
            </div>
            <button
              type="button"
              onClick={onClose}
              aria-label={t('close')}
              className="-mt-1 -me-1 flex size-8 flex-none items-center justify-center rounded-ui text-muted hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  )
}
