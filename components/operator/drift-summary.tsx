import type { DriftReportDto } from '@/lib/domain/reconciliation'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'

/** What one report compared, and whether both sides say the same. */
export function DriftSummary({ report }: { report: DriftReportDto }) {
  const { counts, totals, state, failure, finishedAt, startedAt, since } = report
  return (
    <Card
      id="report"
      title="Report"
      action={<Verdict report={report} />}
      description={
        <>
          Begun <TimeText at={startedAt} timeZone="UTC" withClock />
          {finishedAt && (
            <>
              , ended <TimeText at={finishedAt} timeZone="UTC" withClock />
            </>
          )}
          .{' '}
          {since ? (
            <>
              Objects of Stripe since <TimeText at={since} timeZone="UTC" withClock />.
            </>
          ) : (
            'Everything was compared.'
          )}
        </>
      }
      isFlush
    >
      {state === 'failed' && <p className="px-4 pb-3 text-bad-ink sm:px-5">{failure}</p>}
      <p className="px-4 pb-3 text-muted sm:px-5">
        {counts.payments} payments, {counts.refunds} refunds, {counts.disputes} disputes, {counts.balanceTransactions}{' '}
        balance transactions, and {counts.purchases} purchases that none of these names
        {counts.foreign > 0 && `; ${counts.foreign} of other programs left out`}.
      </p>
      {totals.length > 0 && (
        <Table caption="Totals of Stripe and of the books">
          <thead>
            <tr>
              <Th>What</Th>
              <Th isFigure>Stripe</Th>
              <Th isFigure>Books</Th>
            </tr>
          </thead>
          <tbody>
            {totals.flatMap(({ currency, stripe, books, ledger }) => [
              <Line
                key={`${currency} charged`}
                what="Charged"
                values={[stripe.charged, books.charged]}
                currency={currency}
              />,
              <Line
                key={`${currency} refunded`}
                what="Refunded"
                values={[stripe.refunded, books.refunded]}
                currency={currency}
              />,
              <Line
                key={`${currency} withdrawn`}
                what="Withdrawn by disputes"
                values={[stripe.withdrawn, books.withdrawn]}
                currency={currency}
              />,
              <Line key={`${currency} net`} what="Net" values={[stripe.net, books.net]} currency={currency} />,
              <Line
                key={`${currency} ledger`}
                what="Payments bucket, expected and posted"
                values={[ledger.expected, ledger.posted]}
                currency={currency}
              />,
            ])}
          </tbody>
        </Table>
      )}
    </Card>
  )
}

function Verdict({ report: { state, counts } }: { report: DriftReportDto }) {
  if (state === 'failed') return <Badge tone="bad">Not brought to its end</Badge>
  if (state !== 'finished') return <Badge tone="accent">{state === 'running' ? 'Running' : 'Waiting'}</Badge>
  if (counts.open > 0)
    return <Badge tone="bad">{counts.open === 1 ? 'One difference' : `${counts.open} differences`}</Badge>
  return <Badge tone="good">No differences</Badge>
}

function Line({
  what,
  values: [stripe, books],
  currency,
}: {
  what: string
  values: [string, string]
  currency: string
}) {
  return (
    <tr>
      <Td>
        {what} ({currency.toUpperCase()})
      </Td>
      <Td isFigure>
        <MoneyText amount={stripe} currency={currency} />
      </Td>
      <Td isFigure>
        <MoneyText amount={books} currency={currency} className={stripe === books ? '' : 'text-bad-ink'} />
      </Td>
    </tr>
  )
}
