/** What a person chose on this device. Kept in cookies, so that the server paints the right thing first. */
import { useSyncExternalStore } from 'react'
import { type Locale, localeCookie } from '../intl/locales'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const yearSeconds = 365 * 24 * 60 * 60

function keep(name: string, value: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that we support.
  document.cookie = `${name}=${value}; path=/; max-age=${yearSeconds}; samesite=lax`
}

const themeListeners = new Set<() => void>()

export function chooseTheme(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  keep('theme', theme)
  for (const listener of themeListeners) listener()
}

const paintedTheme = (): Theme => themes.find((theme) => theme === document.documentElement.dataset.theme) ?? 'system'

function onTheme(listener: () => void): () => void {
  themeListeners.add(listener)
  return () => themeListeners.delete(listener)
}

/** The theme that the page has, wherever it was chosen; `initial`: what the server painted. */
export const useTheme = (initial: Theme): Theme => useSyncExternalStore(onTheme, paintedTheme, () => initial)

/** Loads the page anew: every word of it changes, and the way it runs. Who is signed in gets mails in it too. */
export function chooseLanguage(locale: Locale) {
  keep(localeCookie, locale)
  const body = JSON.stringify({ locale })
  fetch('/api/locale', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    keepalive: true,
  }).catch(() => {})
  location.reload()
}
