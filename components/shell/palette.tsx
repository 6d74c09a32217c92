'use client'

import clsx from 'clsx'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useId, useState } from 'react'
import { type Texts, useTexts } from '#texts'
import { localeNames, locales } from '../intl/locales'
import { Dialog } from '../ui/dialog'
import type { PanelProps } from './commands'
import { demoPlaces, operatorPlace, places, settingsPlaces } from './places'
import { chooseLanguage, chooseTheme, themes } from './preferences'

interface Command {
  label: string
  /** Where it leads; else what it does. */
  href?: string
  run?: () => void
}

const actions = [
  { name: 'buy', href: '/credits#buy' },
  { name: 'find', href: '/credits#purchases' },
  { name: 'topUp', href: '/settings#auto-top-up' },
  { name: 'cap', href: '/settings#monthly-cap' },
  { name: 'card', href: '/settings#payment-methods' },
  { name: 'profile', href: '/settings#billing-profile' },
  { name: 'createKey', href: '/settings/keys#keys' },
  { name: 'budget', href: '/settings/budgets' },
  { name: 'invite', href: '/settings/people#members' },
  { name: 'verify', href: '/statement#verify' },
  { name: 'exportStatement', href: '/statement#exports' },
  { name: 'exportUsage', href: '/usage#export' },
] as const

/** Pages and actions by name. Loaded when it is first asked for. */
export default function Palette({ isDemo, isOperator, isOpen, onClose, show }: PanelProps) {
  const t = useTexts('shell')
  const id = useId()
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const commands: Command[] = [
    ...[...places, ...settingsPlaces, ...(isDemo ? demoPlaces : []), ...(isOperator ? [operatorPlace] : [])].map(
      ({ name, href }) => ({ label: t(`places.${name}`), href }),
    ),
    ...actions.map(({ name, href }) => ({ label: t(`palette.actions.${name}`), href })),
    ...preferences(t, () => show('shortcuts')),
  ]
  const found = commands.filter((command) => matches(command.label, typed))

  const go = (command: Command | undefined) => {
    if (!command) return
    onClose()
    setTyped('')
    setChosen(0)
    if (command.href === operatorPlace.href) location.assign(command.href)
    else if (command.href) router.push(command.href)
    command.run?.()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setChosen((chosen + step + found.length) % Math.max(found.length, 1))
    }
    if (event.key === 'Enter') {
      // The focus goes back to what opened the palette, which the same key would press.
      event.preventDefault()
      go(found[chosen])
    }
  }

  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('palette.title')}>
      <input
        data-focus-first
        role="combobox"
        aria-label={t('palette.input')}
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
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('palette.list')}
        className="mt-2 flex max-h-[55dvh] flex-col overflow-y-auto"
      >
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the combobox, which keeps the focus.
          <div
            key={command.label}
            id={`${id}-${index}`}
            ref={index === chosen ? keepInView : null}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => go(command)}
            className={clsx(
              'flex min-h-9 flex-none cursor-pointer items-center rounded-ui px-3',
              index === chosen ? 'bg-accent-soft text-accent-ink' : 'hover:bg-sunken',
            )}
          >
            {command.label}
          </div>
        ))}
      </div>
      <p role="status" className={clsx('px-3 py-2 text-muted', found.length > 0 && 'sr-only')}>
        {found.length === 0 ? t('palette.none') : t('palette.found', { count: found.length })}
      </p>
    </Dialog>
  )
}

const preferences = (t: Texts<'shell'>, showShortcuts: () => void): Command[] => [
  { label: t('palette.actions.switchAccount'), run: () => setTimeout(openAccountMenu) },
  ...locales.map((locale) => ({
    label: t('palette.actions.language', { name: localeNames[locale] }),
    run: () => chooseLanguage(locale),
  })),
  ...themes.map((theme) => ({
    label: t('palette.actions.theme', { name: t(`theme.${theme}`) }),
    run: () => chooseTheme(theme),
  })),
  { label: t('palette.actions.keys'), run: showShortcuts },
]

/** The one that this screen has: at the side, or behind "More" at the bottom. */
function openAccountMenu() {
  const button = [...document.querySelectorAll<HTMLButtonElement>('[popovertarget]')].find((each) => each.offsetParent)
  button?.focus()
  button?.click()
}

const keepInView = (option: HTMLElement | null) => option?.scrollIntoView({ block: 'nearest' })

/** Every word that was typed must begin a word of the label; Arabic words may have an article before. */
function matches(label: string, typed: string): boolean {
  const words = label.toLowerCase().split(/\s+/)
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return wanted.every((part) =>
    words.some((word) => word.startsWith(part) || word.replace(/^[وب]?ال/, '').startsWith(part)),
  )
}
