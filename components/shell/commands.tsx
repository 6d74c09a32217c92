'use client'

import { useRouter } from 'next/navigation'
import { type ComponentType, useCallback, useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { opensPalette } from './palette-button'
import { places } from './places'
import { usesSingleKeys } from './single-keys'

export type PanelProps = {
  isDemo: boolean
  isOperator: boolean
  isOpen: boolean
  onClose: () => void
  show: (panel: 'palette' | 'shortcuts') => void
}

/** Loaded when they are first asked for. */
const panels = {
  palette: () => import('./palette'),
  shortcuts: () => import('./shortcuts'),
}

const secondKeyMs = 1500

/** The keys of the dashboard: ⌘K or Ctrl K for everything, G and a letter for a page, ? for the list of them. */
export function Commands({ isDemo, isOperator }: { isDemo: boolean; isOperator: boolean }) {
  const router = useRouter()
  const [Panel, setPanel] = useState<ComponentType<PanelProps> | null>(null)
  const [isOpen, setOpen] = useState(false)

  const show = useCallback(async (panel: keyof typeof panels) => {
    const { default: loaded } = await panels[panel]()
    setPanel(() => loaded)
    setOpen(true)
  }, [])

  useEffect(() => {
    let goUntilMs = 0
    const onKey = (event: KeyboardEvent) => {
      const letter = letterOf(event)
      if (event.metaKey || event.ctrlKey) {
        if (letter !== 'k' || event.altKey) return
        event.preventDefault()
        show('palette')
        return
      }
      if (event.altKey || event.repeat || isTyping(event.target) || !usesSingleKeys()) return
      if (event.key === '?' || event.key === '؟') {
        event.preventDefault()
        show('shortcuts')
        return
      }
      const place = Date.now() < goUntilMs ? places.find((candidate) => candidate.letter === letter) : undefined
      goUntilMs = letter === 'g' && !place ? Date.now() + secondKeyMs : 0
      if (!place) return
      event.preventDefault()
      router.push(place.href)
    }
    const onClick = (event: MouseEvent) => {
      if (!(event.target instanceof Element)) return
      if (event.target.closest(`[${opensPalette}]`)) show('palette')
      // The frame stays where it is when a link leads on: what was opened over it has done its work.
      event.target.closest('a')?.closest<HTMLElement>('[popover]')?.hidePopover()
    }
    const stop = new AbortController()
    window.addEventListener('keydown', onKey, { signal: stop.signal })
    window.addEventListener('click', onClick, { signal: stop.signal })
    return () => stop.abort()
  }, [router, show])

  // Beside the frame, because the bar that holds the button is not shown on a phone.
  return (
    Panel &&
    createPortal(
      <Panel isDemo={isDemo} isOperator={isOperator} isOpen={isOpen} onClose={() => setOpen(false)} show={show} />,
      document.body,
    )
  )
}

/** The Latin letter of a key, also on a keyboard that writes others. */
function letterOf({ key, code }: KeyboardEvent): string {
  const typed = key.toLowerCase()
  return /^[a-z]$/.test(typed) ? typed : (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? '')
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, select, textarea, dialog, [contenteditable]') !== null
