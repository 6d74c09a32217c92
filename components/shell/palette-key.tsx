'use client'

import { Search } from 'lucide-react'
import { type ComponentType, useCallback, useEffect, useState } from 'react'
import { createPortal } from 'react-dom'

type PaletteType = ComponentType<{ isOpen: boolean; onClose: () => void }>

/** Opens the palette on ⌘K or Ctrl K, and by its button. */
export function PaletteKey() {
  const [Palette, setPalette] = useState<PaletteType | null>(null)
  const [isOpen, setOpen] = useState(false)

  const open = useCallback(async () => {
    const { default: loaded } = await import('./palette')
    setPalette(() => loaded)
    setOpen(true)
  }, [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      open()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [open])

  return (
    <>
      <button
        type="button"
        onClick={open}
        className="flex min-h-9 items-center gap-2.5 rounded-ui border border-hairline bg-surface px-2.5 text-muted hover:bg-sunken hover:text-ink"
      >
        <Search aria-hidden="true" className="size-4 flex-none" />
        Go to…
        <kbd className="ml-auto font-sans text-xs">⌘K</kbd>
      </button>
      {/* Beside the frame, because the bar that holds the button is not shown on a phone. */}
      {Palette && createPortal(<Palette isOpen={isOpen} onClose={() => setOpen(false)} />, document.body)}
    </>
  )
}
