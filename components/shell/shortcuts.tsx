'use client'

import { type ReactNode, useState } from 'react'
import { useTexts } from '#texts'
import { Dialog } from '../ui/dialog'
import { Switch } from '../ui/field'
import type { PanelProps } from './commands'
import { places } from './places'
import { chooseSingleKeys, usesSingleKeys } from './single-keys'

/** The list of keys. Loaded when it is first asked for. */
export default function Shortcuts({ isOpen, onClose }: PanelProps) {
  const t = useTexts('shell')
  const [isOn, setOn] = useState(usesSingleKeys)
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('shortcuts.title')}>
      <dl className="mb-5 flex flex-col">
        <Row keys={<Key>⌘K</Key>}>{t('shortcuts.palette')}</Row>
        {places.map(({ name, letter }) => (
          <Row
            key={name}
            keys={t.rich('shortcuts.then', {
              first: () => <Key>G</Key>,
              second: () => <Key>{letter.toUpperCase()}</Key>,
            })}
          >
            {t(`places.${name}`)}
          </Row>
        ))}
        <Row keys={<Key>?</Key>}>{t('shortcuts.list')}</Row>
      </dl>
      <Switch
        label={t('shortcuts.use')}
        hint={t('shortcuts.useHint')}
        checked={isOn}
        onChange={(event) => {
          setOn(event.target.checked)
          chooseSingleKeys(event.target.checked)
        }}
      />
    </Dialog>
  )
}

const Row = ({ keys, children }: { keys: ReactNode; children: ReactNode }) => (
  <div className="flex items-center justify-between gap-4 border-b border-hairline py-2 last:border-b-0">
    <dt>{children}</dt>
    <dd className="text-muted">{keys}</dd>
  </div>
)

const Key = ({ children }: { children: ReactNode }) => (
  <kbd className="rounded-[5px] border border-hairline bg-sunken px-1.5 py-0.5 font-sans text-xs text-ink">
    {children}
  </kbd>
)
