import { Search } from 'lucide-react'
import { useTexts } from '#texts'

/** What the commands of the frame listen to. */
export const opensPalette = 'data-opens-palette'

/** Opens the palette: on a desktop a field with its key, on a phone a sign. */
export function PaletteButton({ isSmall = false }: { isSmall?: boolean }) {
  const t = useTexts('shell.palette')
  const opens = { [opensPalette]: '' }
  if (isSmall) {
    return (
      <button
        type="button"
        aria-label={t('open')}
        {...opens}
        className="flex size-11 flex-none items-center justify-center rounded-ui text-muted hover:bg-sunken"
      >
        <Search aria-hidden="true" className="size-5" />
      </button>
    )
  }
  return (
    <button
      type="button"
      {...opens}
      className="flex min-h-9 items-center gap-2.5 rounded-ui border border-hairline bg-surface px-2.5 text-muted hover:bg-sunken hover:text-ink"
    >
      <Search aria-hidden="true" className="size-4 flex-none" />
      {t('open')}
      <kbd className="ms-auto font-sans text-xs">⌘K</kbd>
    </button>
  )
}
