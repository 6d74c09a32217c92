'use client'

import clsx from 'clsx'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useId, useState } from 'react'
import { Dialog } from '../ui/dialog'

const places = [
  { label: 'Overview', href: '/' },
  { label: 'Credits', href: '/credits' },
  { label: 'Receipts', href: '/receipts' },
  { label: 'Settings', href: '/settings' },
  { label: 'Buy credits', href: '/credits#buy' },
  { label: 'Find my purchase', href: '/credits#purchases' },
  { label: 'Set up auto top-up', href: '/settings#auto-top-up' },
  { label: 'Change the monthly cap', href: '/settings#monthly-cap' },
  { label: 'Add a payment method', href: '/settings#payment-methods' },
  { label: 'Edit the billing profile', href: '/settings#billing-profile' },
]

/** Every word that was typed must begin a word of the label. */
function matches(label: string, typed: string): boolean {
  const words = label.toLowerCase().split(/\s+/)
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return wanted.every((part) => words.some((word) => word.startsWith(part)))
}

/** Pages and actions by name. Loaded when it is first asked for. */
export default function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const id = useId()
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const found = places.filter((place) => matches(place.label, typed))

  const go = (href: string | undefined) => {
    if (!href) return
    onClose()
    setTyped('')
    setChosen(0)
    router.push(href)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setChosen((chosen + step + found.length) % Math.max(found.length, 1))
    }
    if (event.key === 'Enter') go(found[chosen]?.href)
  }

  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Go to">
      <input
        data-focus-first
        role="combobox"
        aria-label="Page or action"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[chosen] && `${id}-${chosen}`}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
        className="min-h-10 w-full rounded-ui border border-edge bg-surface px-3 text-lg sm:text-base"
      />
      <div id={`${id}-list`} role="listbox" aria-label="Pages and actions" className="mt-2 flex flex-col">
        {found.map(({ label, href }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the combobox, which keeps the focus.
          <div
            key={href}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => go(href)}
            className={clsx(
              'flex min-h-9 cursor-pointer items-center rounded-ui px-3',
              index === chosen ? 'bg-accent-soft text-accent-ink' : 'hover:bg-sunken',
            )}
          >
            {label}
          </div>
        ))}
      </div>
      <p role="status" className={clsx('px-3 py-2 text-muted', found.length > 0 && 'sr-only')}>
        {found.length === 0 ? 'Nothing has that name.' : `${found.length} found`}
      </p>
    </Dialog>
  )
}
