import type { ReactNode } from 'react'
import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import { isPositive, parseMoney } from '@/lib/core/money'
import type { InvoiceDetailDto, InvoiceLineDto } from '@/lib/domain/invoices'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'

type InvoiceLinesProps = { invoice: InvoiceDetailDto; isOperator?: boolean }

/** What an invoice is made of, to the cent, and what became of it: each line leads to its usage. Staff has no usage page. */
export function InvoiceLines({ invoice, isOperator = false }: InvoiceLinesProps) {
  const t = useTexts('invoices.detail')
  const columns = useTexts('invoices')
  const { lines } = invoice
  return (
    <Card
      id="lines"
      title={t('lines')}
      description={t(lines.length === 0 ? 'noLines' : isOperator ? 'linesSum' : 'linesBody')}
      isFlush
    >
      {lines.length > 0 && (
        <Table caption={t('linesCaption')}>
          <thead>
            <tr>
              <Th>{t('line')}</Th>
              <Th isFigure className="max-sm:hidden">
                {t('events')}
              </Th>
              <Th isFigure className="max-lg:hidden">
                {t('tokens')}
              </Th>
              <Th isFigure>{columns('amount')}</Th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line key={line.line} line={line} currency={invoice.currency} isOperator={isOperator} />
            ))}
          </tbody>
        </Table>
      )}
      <Totals invoice={invoice} isOperator={isOperator} />
    </Card>
  )
}

type LineProps = { line: InvoiceLineDto; currency: string; isOperator: boolean }

function Line({ line, currency, isOperator }: LineProps) {
  const t = useTexts('invoices.detail')
  const f = useFormats()
  const { kind, usage, amount, exactAmount } = line
  const count = (text: string) => f.number(BigInt(text))
  return (
    <tr>
      <Td>
        {usage && !isOperator ? (
          <TextLink href={usageHref(usage)}>{t('lineKinds.usage', { model: usage.modelName })}</TextLink>
        ) : (
          t(`lineKinds.${kind}`, { model: usage?.modelName ?? '' })
        )}
        {usage && (
          <span className="block text-xs text-muted sm:hidden">{t('requests', { count: Number(usage.events) })}</span>
        )}
      </Td>
      <Td isFigure className="max-sm:hidden">
        {usage ? count(usage.events) : '–'}
      </Td>
      <Td isFigure className="max-lg:hidden">
        {usage ? `${count(usage.inputTokens)} / ${count(usage.cachedInputTokens)} / ${count(usage.outputTokens)}` : '–'}
      </Td>
      <Td isFigure>
        <MoneyText amount={amount} exact={exactAmount} currency={currency} />
      </Td>
    </tr>
  )
}

/** The usage page with this model in the invoice's days. */
const usageHref = ({ model, firstDay, lastDay }: NonNullable<InvoiceLineDto['usage']>): string =>
  `/usage?${new URLSearchParams({ from: firstDay, to: lastDay, model })}`

function Totals({ invoice, isOperator }: Required<InvoiceLinesProps>) {
  const t = useTexts('invoices.detail')
  const f = useFormats()
  const { currency, amount, tax, paid, rest, creditNotes, paymentSeq, moneyBack, timeZone, state } = invoice
  const isTaxed = isPositive(parseMoney(tax, 'tax', currency))
  const isAsking = rest !== amount && (state === 'open' || state === 'past_due' || state === 'uncollectible')
  return (
    <dl className="flex flex-col gap-1.5 border-t border-hairline px-4 py-3 sm:px-5">
      <Row label={t(isTaxed ? 'total' : 'sum')} isStrong>
        <MoneyText amount={amount} currency={currency} />
      </Row>
      {isTaxed && (
        <Row label={t('tax')}>
          <MoneyText amount={tax} currency={currency} />
        </Row>
      )}
      {creditNotes.map((note) => (
        <Row key={note.creditNoteId} label={creditNoteName(t, note)}>
          {note.state === 'canceled' ? '–' : <MoneyText amount={`-${note.amount}`} currency={currency} />}
        </Row>
      ))}
      {paid !== null && (
        <Row label={t('paidLine')}>
          {paymentSeq !== null && !isOperator && (
            <span className="me-3">
              <TextLink href={`/statement/${paymentSeq}`}>{t('movement')}</TextLink>
            </span>
          )}
          <MoneyText amount={paid} currency={currency} />
        </Row>
      )}
      {moneyBack.map((back) => (
        <Row key={back.id} label={moneyBackName(t, f, back, timeZone)}>
          {isPositive(parseMoney(back.credit)) ? <MoneyText amount={`-${back.credit}`} currency={currency} /> : '–'}
        </Row>
      ))}
      {isAsking && (
        <Row label={t(isTaxed ? 'restLine' : 'toPay')} isStrong>
          <MoneyText amount={rest} currency={currency} />
        </Row>
      )}
    </dl>
  )
}

function moneyBackName(
  t: Texts<'invoices.detail'>,
  f: Formats,
  back: InvoiceDetailDto['moneyBack'][number],
  timeZone: string,
): string {
  const day = f.day(back.at, timeZone)
  return back.kind === 'refund'
    ? t(`moneyBack.refunds.${back.state}`, { day })
    : t(`moneyBack.disputes.${back.stance}`, { day })
}

function creditNoteName(
  t: Texts<'invoices.detail'>,
  { state, number }: InvoiceDetailDto['creditNotes'][number],
): string {
  if (state === 'canceled') return t('creditNoteCanceled')
  return state === 'issued' ? t('creditNote', { number: number ?? '' }) : t('creditNoteComing')
}

function Row({ label, isStrong = false, children }: { label: string; isStrong?: boolean; children: ReactNode }) {
  return (
    <div className={`flex flex-wrap items-baseline justify-between gap-x-4 ${isStrong ? 'font-semibold' : ''}`}>
      <dt className={isStrong ? '' : 'text-muted'}>{label}</dt>
      <dd className="ms-auto text-end">{children}</dd>
    </div>
  )
}
