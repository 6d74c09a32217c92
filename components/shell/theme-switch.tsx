'use client'

import { useState } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const choices: { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const yearSeconds = 365 * 24 * 60 * 60

/** Kept in a cookie, so that the server paints the right one first. */
function keep(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that we support.
  document.cookie = `theme=${theme}; path=/; max-age=${yearSeconds}; samesite=lax`
}

/** `name` tells two switches on one page apart. */
export function ThemeSwitch({ initial, name }: { initial: Theme; name: string }) {
  const [theme, setTheme] = useState(initial)
  return (
    <fieldset className="grid grid-cols-3 gap-0.5 rounded-ui bg-sunken p-0.5">
      <legend className="sr-only">Theme</legend>
      {choices.map(({ value, label }) => (
        <label
          key={value}
          className="flex min-h-7 cursor-pointer items-center justify-center rounded-[6px] px-2 text-xs font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-hairline has-focus-visible:outline-2 has-focus-visible:outline-accent-ink max-lg:min-h-9"
        >
          <input
            type="radio"
            name={`theme-${name}`}
            value={value}
            checked={theme === value}
            onChange={() => {
              setTheme(value)
              keep(value)
            }}
            className="sr-only"
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
