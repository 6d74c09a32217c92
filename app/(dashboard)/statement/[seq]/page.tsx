import Link from 'next/link'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { getTexts, useFormats, useTexts } from '#texts'
import { Figure } from '@/components/statement/figure'
import { CauseLink } from '@/components/statement/movement-link'
import { movementWords } from '@/components/statement/words'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { Table, Td, Th } from '@/components/ui/table'
import { TextLink } from '@/components/ui/text-link'
import { TimeText } from '@/components/ui/time'
import { Refusal } from '@/lib/core/errors'
import { getMovement, type MovementDetailDto } from '@/lib/domain/statement'
import { readPage } from '../../page-data'

type MovementPageProps = {
  params: Promise<{ seq: string }>
  searchParams: Promise<{ after?: string | string[] }>
}

export const generateMetadata = async ({ params }: MovementPageProps) => {
  const [{ seq }, t] = await Promise.all([params, getTexts('statement')])
  return { title: t('movement.title', { seq }) }
}

export default async function MovementPage({ params, searchParams }: MovementPageProps) {
  const [{ actor, accountId, standing }, { seq }, { after }, t] = await Promise.all([
    readPage(),
    params,
    searchParams,
    getTexts('statement'),
  ])
  const movement = await getMovement(actor, { accountId, seq, after: [after].flat()[0] }).catch((error: unknown) => {
    if (error instanceof Refusal && ['not_found', 'invalid_request'].includes(error.code)) notFound()
    throw error
  })
  const { currency } = standing
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <div>
        <p className="mb-1">
          <TextLink href="/statement">{t('movement.back')}</TextLink>
        </p>
        <PageHeader title={t('movement.title', { seq })} description={movementWords(t, movement)} />
      </div>
      <div className="grid items-start gap-4 sm:gap-5 md:grid-cols-2">
        <Facts movement={movement} currency={currency} />
        <Grants movement={movement} currency={currency} />
      </div>
      {movement.kind === 'usage' && <Events movement={movement} currency={currency} />}
      <Card id="chain" title={t('movement.chain')} description={t('movement.chainDescription')}>
        <dl className="flex flex-col gap-2">
          <Hash label={t('movement.hash')} value={movement.hash} />
          <Hash label={t('movement.previousHash')} value={movement.previousHash} />
        </dl>
      </Card>
    </div>
  )
}

const Hash = ({ label, value }: { label: string; value: string }) => (
  <div>
    <dt className="text-xs text-muted">{label}</dt>
    <dd dir="ltr" className="font-mono text-xs leading-5 wrap-anywhere">
      {value}
    </dd>
  </div>
)

type PartProps = { movement: MovementDetailDto; currency: string }

function Facts({ movement, currency }: PartProps) {
  const t = useTexts('statement')
  const { amount, balanceBefore, balanceAfter, postedAt, timeZone, fromBucket, toBucket, behind, cause } = movement
  const bucket = (name: string) => t(`buckets.${name as 'credit'}`)
  const exact = (value: string, isSigned = false) => (
    <Figure amount={value} currency={currency} isSigned={isSigned} isExact />
  )
  return (
    <Card id="facts" title={t('movement.facts')}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2">
        <Row label={t('movement.amount')}>
          {exact(amount, true)} {currency.toUpperCase()}
        </Row>
        <Row label={t('movement.before')}>{exact(balanceBefore)}</Row>
        <Row label={t('movement.after')}>{exact(balanceAfter)}</Row>
        <Row label={t('movement.path')}>{t('movement.route', { from: bucket(fromBucket), to: bucket(toBucket) })}</Row>
        <Row label={t('movement.posted')}>
          <TimeText at={postedAt} timeZone={timeZone} withClock />
        </Row>
        <Row label={t('movement.behind')}>
          <CauseLink seq={movement.seq} behind={behind} />
        </Row>
        <Row label={t('movement.cause')}>
          <span dir="ltr" className="font-mono text-xs wrap-anywhere">
            {cause}
          </span>
        </Row>
      </dl>
    </Card>
  )
}

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{label}</dt>
    <dd className="min-w-0 text-end">{children}</dd>
  </>
)

/** Which grants gave, got or came, and what no grant covered. */
function Grants({ movement, currency }: PartProps) {
  const t = useTexts('statement')
  const { grant, draws, beyondGrants } = movement
  const rows = [
    ...(grant ? [{ key: 'brought', what: t('movement.brought'), source: grant.source, amount: grant.amount }] : []),
    ...draws.map(({ grantId, source, amount }) => ({
      key: grantId,
      what: amount.startsWith('-') ? t('movement.gaveBack') : t('movement.took'),
      source,
      amount: amount.replace('-', ''),
    })),
  ]
  const isBeyond = beyondGrants !== '0.00'
  return (
    <Card id="grants" title={t('movement.grants')} isFlush={rows.length > 0 || isBeyond}>
      {rows.length === 0 && !isBeyond ? (
        <p className="text-muted">{t('movement.noGrants')}</p>
      ) : (
        <Table caption={t('movement.grants')}>
          <thead>
            <tr>
              <Th>{t('grants.grant')}</Th>
              <Th isFigure>{t('grants.amount')}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, what, source, amount }) => (
              <tr key={key}>
                <Td>
                  <span className="block">{t(`sources.${source}`)}</span>
                  <span className="text-xs text-muted">{what}</span>
                </Td>
                <Td isFigure>
                  <Figure amount={amount} currency={currency} isExact />
                </Td>
              </tr>
            ))}
            {isBeyond && (
              <tr>
                <Td>{beyondGrants.startsWith('-') ? t('movement.paidDebt') : t('movement.uncovered')}</Td>
                <Td isFigure>
                  <Figure amount={beyondGrants.replace('-', '')} currency={currency} isExact />
                </Td>
              </tr>
            )}
          </tbody>
        </Table>
      )}
    </Card>
  )
}

/** The requests that a movement of usage charged, each with its own explanation. */
function Events({ movement, currency }: PartProps) {
  const t = useTexts('statement')
  const f = useFormats()
  const { events, nextEvent, seq, timeZone } = movement
  if (events.length === 0) {
    return (
      <Card id="events" title={t('movement.events')}>
        <p className="text-muted">{t('movement.noEvents')}</p>
      </Card>
    )
  }
  return (
    <Card id="events" title={t('movement.events')} description={t('movement.eventsDescription')} isFlush>
      <Table caption={t('movement.events')}>
        <thead>
          <tr>
            <Th>{t('movement.request')}</Th>
            <Th className="max-sm:hidden">{t('movement.tokens')}</Th>
            <Th isFigure>{t('table.amount')}</Th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => {
            const tokens = t('movement.tokensLine', {
              input: f.number(event.inputTokens),
              cached: f.number(event.cachedInputTokens),
              output: f.number(event.outputTokens),
            })
            return (
              <tr key={event.eventKey}>
                <Td className="wrap-anywhere">
                  <Link
                    href={`/usage/charges/${event.eventKey}`}
                    prefetch={false}
                    dir="ltr"
                    className="underline decoration-hairline underline-offset-4 hover:decoration-current"
                  >
                    {event.eventId ?? event.eventKey}
                  </Link>
                  <span className="flex flex-wrap gap-x-3 text-xs text-muted">
                    <span dir="ltr">{event.modelName}</span>
                    <TimeText at={event.at} timeZone={timeZone} withClock />
                    <span className="sm:hidden">{tokens}</span>
                  </span>
                </Td>
                <Td className="max-sm:hidden">{tokens}</Td>
                <Td isFigure>
                  <Figure amount={event.amount} currency={currency} isExact />
                </Td>
              </tr>
            )
          })}
        </tbody>
      </Table>
      {nextEvent && (
        <p className="px-4 py-3 sm:px-5">
          <TextLink href={`/statement/${seq}?after=${nextEvent}#events`}>{t('movement.more')}</TextLink>
        </p>
      )}
    </Card>
  )
}
