import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { FaultLabDto } from '@/lib/domain/fault-lab'
import type { EventMode } from '@/lib/domain/fault-lab/rules'
import { stanceTones } from '../disputes/words'
import { movementWords } from '../ledger/words'
import { stateTones } from '../purchases/words'
import { refundTones } from '../refunds/words'
import { Badge } from '../ui/badge'
import { MoneyText } from '../ui/money'
import { faultWords } from './plays'

/** The account and its customer at Stripe, as they are this second. */
export function LivePanel({ lab, isLive }: { lab: FaultLabDto; isLive: boolean }) {
  const movements = useTexts('ledger')
  const purchases = useTexts('purchases')
  const f = useFormats()
  const { standing, agreement, autoTopUp, card } = lab
  const notice = standing.state.kind === 'active' ? standing.warning : standing.state
  return (
    <div className="rounded-ui border border-hairline bg-surface">
      <div className="px-4 pt-4 pb-3">
        <h2 className="text-base font-semibold text-muted">Credit balance</h2>
        <p className="text-3xl leading-tight font-semibold tracking-tight">
          <MoneyText amount={standing.balance} className={clsx(standing.balance.startsWith('-') && 'text-bad-ink')} />
        </p>
        <dl className="mt-3 grid grid-cols-3 gap-3">
          <Figure label="Available" amount={standing.available} />
          <Figure label="Held" amount={standing.held} />
          <Figure label="Frozen" amount={standing.frozen} />
        </dl>
        {!isLive && (
          <p role="status" className="mt-3 text-warn-ink">
            The connection is lost; these figures are not fresh.
          </p>
        )}
      </div>

      <Part title="Status">
        <p>
          <Badge tone={standing.state.kind === 'active' ? (notice ? 'warn' : 'good') : 'bad'}>
            {notice?.title ?? 'Active'}
          </Badge>
        </p>
        <p className="mt-1 text-muted">{notice?.detail ?? standing.state.detail}</p>
      </Part>

      <Part title="Stripe and the books">
        <p>
          Stripe has <MoneyText amount={agreement.atStripe} className="font-medium" /> of yours, our books say{' '}
          <MoneyText amount={agreement.inBooks} className="font-medium" />:{' '}
          <Badge tone={agreement.agrees ? 'good' : 'warn'}>{agreement.agrees ? 'they agree' : 'not yet'}</Badge>
        </p>
        <AtStripe lab={lab} />
      </Part>

      <Part title="Purchases" isEmpty={lab.purchases.length === 0}>
        {lab.purchases.map(({ purchaseId, origin, state, stateText, amount }) => (
          <Line
            key={purchaseId}
            what={purchases(`origins.${origin}`)}
            badge={<Badge tone={stateTones[state]}>{stateText}</Badge>}
          >
            <MoneyText amount={amount} />
          </Line>
        ))}
      </Part>

      <Part title="Refunds and disputes" isEmpty={lab.refunds.length + lab.disputes.length === 0}>
        {lab.disputes.map(({ disputeId, statusText, stance, amount }) => (
          <Line key={disputeId} what="Dispute" badge={<Badge tone={stanceTones[stance]}>{statusText}</Badge>}>
            <MoneyText amount={amount} />
          </Line>
        ))}
        {lab.refunds.map(({ refundId, state, stateText, amount }) => (
          <Line key={refundId} what="Refund" badge={<Badge tone={refundTones[state]}>{stateText}</Badge>}>
            <MoneyText amount={amount} />
          </Line>
        ))}
      </Part>

      <Part title="Auto top-up">
        <p>{autoTopUp.stateText}</p>
        {autoTopUp.coolingUntil && (
          <p className="text-muted">Until {f.instant(autoTopUp.coolingUntil, standing.timeZone)}.</p>
        )}
        {autoTopUp.latest && <p className="mt-1 text-muted">Latest attempt: {autoTopUp.latest.outcomeText}</p>}
        {card && (
          <p className="mt-1 text-muted">
            {card.name}: {card.behaviour}.
          </p>
        )}
      </Part>

      <Part title="Latest movements" isEmpty={lab.movements.length === 0}>
        {lab.movements.map((movement) => (
          <Line key={movement.seq} what={movementWords(movements, movement)}>
            <MoneyText amount={movement.amount} isSigned />
          </Line>
        ))}
      </Part>

      <Part title="Latest mails" isEmpty={lab.mails.length === 0}>
        {lab.mails.map(({ id, subject }) => (
          <Line key={id} what={subject} />
        ))}
      </Part>
    </div>
  )
}

function AtStripe({ lab: { stripe } }: { lab: FaultLabDto }) {
  const f = useFormats()
  return (
    <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-muted [&>dd]:text-end">
      <dt>Clock</dt>
      <dd>{f.instant(stripe.clock, 'UTC')}</dd>
      <dt>Stripe’s API</dt>
      <dd>{stripe.faults.length === 0 ? 'answers' : stripe.faults.map(faultText).join('; ')}</dd>
      <dt>Events</dt>
      <dd>{modeWords[stripe.eventMode]}</dd>
      <dt>Events waiting</dt>
      <dd>
        {stripe.heldEvents + stripe.pendingEvents}
        {stripe.heldEvents > 0 && `, ${stripe.heldEvents} held`}
      </dd>
    </dl>
  )
}

const faultText = ({ kind, count }: { kind: string; count: number | null }): string =>
  `${faultWords[kind] ?? kind}, ${count === null ? 'every call' : 'next call'}`

const modeWords: Record<EventMode, string> = {
  normal: 'as they happen',
  hold: 'held back',
  lose: 'lost',
  repeat: 'three times each',
  delay: '20 seconds late',
  bad_signature: 'wrongly signed',
  old_version: 'in an old version',
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
  return (
    <section className="border-t border-hairline px-4 py-3">
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      {isEmpty ? <p className="text-muted">None yet.</p> : children}
    </section>
  )
}

type LineProps = { what: string; badge?: ReactNode; children?: ReactNode }

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
