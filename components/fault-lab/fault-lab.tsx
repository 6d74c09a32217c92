'use client'

import clsx from 'clsx'
import { useState } from 'react'
import { useFormats, useTexts } from '#texts'
import type { FaultLabDto } from '@/lib/domain/fault-lab'
import { stateNotice } from '../accounts/standing-words'
import { Button } from '../ui/button'
import { MoneyText } from '../ui/money'
import { PageHeader } from '../ui/page-header'
import { LivePanel } from './live-panel'
import { OfferGroupCard, type Player } from './offer-group'
import { apiOffers, groups, heal, labAmounts, type OfferGroup } from './plays'
import { type Played, useFaultLab, usePlays } from './queries'

type FaultLabProps = { accountId: string; initial: FaultLabDto; canWrite: boolean }

/** Every failure one press away, with the effect beside it. */
export function FaultLab({ accountId, initial, canWrite }: FaultLabProps) {
  const t = useTexts('fault-lab')
  const { lab, isLive } = useFaultLab(accountId, initial)
  const { log, play, playing } = usePlays(accountId)
  const player: Player = { facts: lab.facts, playing, play }
  const isHealthy = lab.stripe.faults.length === 0 && lab.stripe.eventMode === 'normal' && lab.stripe.heldEvents === 0
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={t('title')}
        description={t('description')}
        action={
          canWrite && (
            <Button
              look={isHealthy ? 'secondary' : 'primary'}
              disabled={playing !== null}
              isBusy={playing === heal.name}
              busyLabel={t('healing')}
              onClick={() => play(heal)}
            >
              {t('offers.heal.label')}
            </Button>
          )
        }
      />
      <Brief lab={lab} latest={log[0]} />
      <div className="grid items-start gap-4 sm:gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
          {canWrite ? (
            <>
              <nav aria-label={t('groupsLabel')} className="flex flex-wrap gap-1.5">
                {[...groups, apiGroup].map(({ id, name }) => (
                  <a
                    key={id}
                    href={`#${id}`}
                    className="flex min-h-8 items-center rounded-ui border border-hairline px-2.5 text-muted hover:bg-sunken hover:text-ink max-lg:min-h-10"
                  >
                    {t(`groups.${name}.title`)}
                  </a>
                ))}
              </nav>
              {groups.map((group) => (
                <OfferGroupCard key={group.id} group={group} player={player} />
              ))}
              <ApiGroup player={player} />
            </>
          ) : (
            <p className="text-muted">{t('lookOnly')}</p>
          )}
        </div>
        <aside
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself, so the keyboard must reach it.
          tabIndex={0}
          aria-label={t('seen')}
          className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-9 lg:max-h-[calc(100dvh-4.5rem)] lg:overflow-y-auto"
        >
          <Log log={log} />
          <LivePanel lab={lab} isLive={isLive} />
        </aside>
      </div>
    </div>
  )
}

/** On a phone the panel is far below the buttons: the figures and the latest play stay in view. */
function Brief({ lab, latest }: { lab: FaultLabDto; latest: Played | undefined }) {
  const t = useTexts('fault-lab')
  const states = useTexts('accounts.standing')
  const f = useFormats()
  const { standing } = lab
  return (
    <div className="sticky top-14 z-10 -mx-4 border-b border-hairline bg-canvas px-4 py-2 sm:-mx-6 sm:px-6 lg:hidden">
      <p className="flex flex-wrap justify-between gap-x-4">
        <span>
          <MoneyText amount={standing.balance} className="font-semibold" />
          {standing.frozen !== '0.00' && (
            <span className="text-muted">
              {t.rich('frozenToo', { amount: () => <MoneyText amount={standing.frozen} /> })}
            </span>
          )}
        </span>
        <span className="text-muted">{stateNotice(states, f, standing).title}</span>
      </p>
      {latest && (
        <p lang="en" dir="ltr" className={clsx('mt-0.5', latest.isRefused ? 'text-bad-ink' : 'text-muted')}>
          {latest.sentence}
        </p>
      )}
    </div>
  )
}

function Log({ log }: { log: Played[] }) {
  const t = useTexts('fault-lab')
  const f = useFormats()
  return (
    <section aria-labelledby="log-title" className="rounded-ui border border-hairline bg-surface px-4 py-3">
      <h2 id="log-title" className="mb-1 text-base font-semibold">
        {t('played')}
      </h2>
      <ol aria-live="polite" className="flex flex-col gap-2">
        {log.length === 0 && <li className="text-muted">{t('nothingPlayed')}</li>}
        {log.slice(0, 6).map(({ id, name, sentence, isRefused }) => (
          <li key={id}>
            <span className="font-medium">{t(`offers.${name}.label`, labAmounts(f))}.</span>{' '}
            <span lang="en" dir="auto" className={isRefused ? 'text-bad-ink' : 'text-muted'}>
              {sentence}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const apiGroup = { id: 'stripe-api', name: 'stripeApi' } as const

const choices = [
  { value: 'next', label: 'untilNext' },
  { value: 'healed', label: 'untilHealed' },
] as const

function ApiGroup({ player }: { player: Player }) {
  const t = useTexts('fault-lab')
  const [until, setUntil] = useState<'next' | 'healed'>('next')
  const group: OfferGroup = { ...apiGroup, offers: apiOffers(until) }
  return (
    <OfferGroupCard group={group} player={player}>
      <fieldset className="mx-4 mb-3 flex w-fit gap-0.5 rounded-ui bg-sunken p-0.5 sm:mx-5">
        <legend className="sr-only">{t('until')}</legend>
        {choices.map(({ value, label }) => (
          <label
            key={value}
            className="flex min-h-8 cursor-pointer items-center rounded-[6px] px-3 font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-hairline has-focus-visible:outline-2 has-focus-visible:outline-accent-ink max-lg:min-h-9"
          >
            <input
              type="radio"
              name="until"
              value={value}
              checked={until === value}
              onChange={() => setUntil(value)}
              className="sr-only"
            />
            {t(label)}
          </label>
        ))}
      </fieldset>
    </OfferGroupCard>
  )
}
