import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { FaultLabDto } from '@/lib/domain/fault-lab'
import { faults } from '@/lib/domain/fault-lab/rules'
import { stateNotice, warningNotice } from '../accounts/standing-words'
import { outcomeWords, stateWords } from '../auto-top-up/words'
import { stanceTones, statusWords } from '../disputes/words'
import { movementWords } from '../ledger/words'
import { cardWords } from '../payment-methods/words'
import { stateTones } from '../purchases/words'
import { refundTones } from '../refunds/words'
import { Badge } from '../ui/badge'
import { MoneyText } from '../ui/money'

/** The account and its customer at Stripe, as they are this second. */
export function LivePanel({ lab, isLive }: { lab: FaultLabDto; isLive: boolean }) {
  const t = useTexts('fault-lab.panel')
  const states = useTexts('accounts.standing')
  const topUp = useTexts('auto-top-up.card')
  const timeline = useTexts('auto-top-up.timeline')
  const statuses = useTexts('disputes.statuses')
  const refunds = useTexts('refunds.states')
  const cards = useTexts('payment-methods')
  const banks = useTexts('payment-methods.said')
  const movements = useTexts('ledger')
  const purchases = useTexts('purchases')
  const f = useFormats()
  const { standing, agreement, autoTopUp, card } = lab
  const isActive = standing.state.kind === 'active'
  const notice = isActive ? warningNotice(states, f, standing) : stateNotice(states, f, standing)
  const [latest] = autoTopUp.attempts
  return (
    <div className="rounded-ui border border-hairline bg-surface">
      <div className="px-4 pt-4 pb-3">
        <h2 className="text-base font-semibold text-muted">{t('balance')}</h2>
        <p className="text-3xl leading-tight font-semibold tracking-tight">
          <MoneyText amount={standing.balance} className={clsx(standing.balance.startsWith('-') && 'text-bad-ink')} />
        </p>
        <dl className="mt-3 grid grid-cols-3 gap-3">
          <Figure label={t('available')} amount={standing.available} />
          <Figure label={t('held')} amount={standing.held} />
          <Figure label={t('frozen')} amount={standing.frozen} />
        </dl>
        {!isLive && (
          <p role="status" className="mt-3 text-warn-ink">
            {t('offline')}
          </p>
        )}
      </div>

      <Part title={t('status')}>
        <p>
          <Badge tone={isActive ? (notice ? 'warn' : 'good') : 'bad'}>{notice?.title ?? states('active')}</Badge>
        </p>
        <p className="mt-1 text-muted">{notice?.detail ?? t('running')}</p>
      </Part>

      <Part title={t('agreement')}>
        <p>
          {t.rich('agreementBody', {
            stripe: () => <MoneyText amount={agreement.atStripe} className="font-medium" />,
            books: () => <MoneyText amount={agreement.inBooks} className="font-medium" />,
            state: () => (
              <Badge tone={agreement.agrees ? 'good' : 'warn'}>{t(agreement.agrees ? 'agree' : 'notYet')}</Badge>
            ),
          })}
        </p>
        <AtStripe lab={lab} />
      </Part>

      <Part title={t('purchases')} isEmpty={lab.purchases.length === 0}>
        {lab.purchases.map(({ purchaseId, origin, state, amount }) => (
          <Line
            key={purchaseId}
            what={purchases(`origins.${origin}`)}
            badge={<Badge tone={stateTones[state]}>{purchases(`states.${state}`)}</Badge>}
          >
            <MoneyText amount={amount} />
          </Line>
        ))}
      </Part>

      <Part title={t('takenBack')} isEmpty={lab.refunds.length + lab.disputes.length === 0}>
        {lab.disputes.map(({ disputeId, status, stance, amount }) => (
          <Line
            key={disputeId}
            what={t('dispute')}
            badge={<Badge tone={stanceTones[stance]}>{statusWords(statuses, { status })}</Badge>}
          >
            <MoneyText amount={amount} />
          </Line>
        ))}
        {lab.refunds.map(({ refundId, state, amount }) => (
          <Line key={refundId} what={t('refund')} badge={<Badge tone={refundTones[state]}>{refunds(state)}</Badge>}>
            <MoneyText amount={amount} />
          </Line>
        ))}
      </Part>

      <Part title={t('topUp')}>
        <p>{stateWords(topUp, f, autoTopUp)}</p>
        {autoTopUp.coolingUntil && (
          <p className="text-muted">{t('until', { instant: f.instant(autoTopUp.coolingUntil, standing.timeZone) })}</p>
        )}
        {latest && (
          <p className="mt-1 text-muted">{t('latest', { words: outcomeWords(timeline, banks, f, latest) })}</p>
        )}
        {card && (
          <p className="mt-1 text-muted">
            {t('card', { card: cardWords(cards, card), behaviour: t(`behaviours.${card.behaviour}`) })}
          </p>
        )}
      </Part>

      <Part title={t('movements')} isEmpty={lab.movements.length === 0}>
        {lab.movements.map((movement) => (
          <Line key={movement.seq} what={movementWords(movements, movement)}>
            <MoneyText amount={movement.amount} isSigned />
          </Line>
        ))}
      </Part>

      <Part title={t('mails')} isEmpty={lab.mails.length === 0}>
        {lab.mails.map(({ id, subject }) => (
          <Line key={id} what={<span lang="en">{subject}</span>} />
        ))}
      </Part>
    </div>
  )
}

function AtStripe({ lab: { stripe } }: { lab: FaultLabDto }) {
  const t = useTexts('fault-lab')
  const f = useFormats()
  const faultText = ({ kind, count }: { kind: string; count: number | null }) => {
    const known = faults.find((name) => name === kind)
    const fault = known ? t(`offers.${known}.label`) : kind
    return t(count === null ? 'panel.everyCall' : 'panel.nextCall', { fault })
  }
  return (
    <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-muted [&>dd]:text-end">
      <dt>{t('panel.clock')}</dt>
      <dd>{f.instant(stripe.clock, 'UTC')}</dd>
      <dt>{t('panel.api')}</dt>
      <dd>{stripe.faults.length === 0 ? t('panel.answers') : stripe.faults.map(faultText).join('; ')}</dd>
      <dt>{t('panel.events')}</dt>
      <dd>{t(`panel.modes.${stripe.eventMode}`)}</dd>
      <dt>{t('panel.waiting')}</dt>
      <dd>
        {stripe.heldEvents > 0
          ? t('panel.heldOf', { count: stripe.heldEvents + stripe.pendingEvents, held: stripe.heldEvents })
          : stripe.pendingEvents}
      </dd>
    </dl>
  )
}

function Figure({ label, amount }: { label: string; amount: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="font-medium">
        <MoneyText amount={amount} />
      </dd>
    </div>
  )
}

type PartProps = { title: string; isEmpty?: boolean; children: ReactNode }

function Part({ title, isEmpty = false, children }: PartProps) {
  const t = useTexts('fault-lab.panel')
  return (
    <section className="border-t border-hairline px-4 py-3">
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      {isEmpty ? <p className="text-muted">{t('none')}</p> : children}
    </section>
  )
}

type LineProps = { what: ReactNode; badge?: ReactNode; children?: ReactNode }

function Line({ what, badge, children }: LineProps) {
  return (
    <div className="flex items-baseline justify-between gap-3 py-0.5">
      <span className="min-w-0">
        {what} {badge}
      </span>
      {children}
    </div>
  )
}
