import Link from 'next/link'
import { useFormats, useTexts } from '#texts'
import type { StatementDto, StatementLine } from '@/lib/domain/statement'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'
import { Figure } from './figure'
import { CauseLink } from './movement-link'
import { movementWords } from './words'

type StatementTableProps = { statement: StatementDto; isPrint?: boolean }

/** Movements with the balance after each; every line leads to what is behind it. */
export function StatementTable({ statement, isPrint = false }: StatementTableProps) {
  const t = useTexts('statement')
  const { lines, timeZone, currency } = statement
  return (
    <Table caption={t('table.caption', { timeZone, currency: currency.toUpperCase() })}>
      <thead>
        <tr>
          <Th isFigure className={isPrint ? 'w-10' : 'w-10 max-md:hidden'}>
            {t('table.number')}
          </Th>
          <Th>{t('table.what')}</Th>
          <Th className={isPrint ? '' : 'max-md:hidden'}>{t('table.date')}</Th>
          {!isPrint && <Th className="max-md:hidden print:hidden">{t('table.behind')}</Th>}
          <Th isFigure>{t('table.amount')}</Th>
          <Th isFigure>{t('table.balance')}</Th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Line key={line.seq} line={line} timeZone={timeZone} currency={currency} isPrint={isPrint} />
        ))}
      </tbody>
    </Table>
  )
}

type LineProps = { line: StatementLine; timeZone: string; currency: string; isPrint: boolean }

function Line({ line, timeZone, currency, isPrint }: LineProps) {
  const t = useTexts('statement')
  const { seq, behind, amount, balanceAfter, postedAt } = line
  const f = useFormats()
  const time = (
    <>
      <TimeText at={postedAt} timeZone={timeZone} /> <span className="text-muted">{f.clock(postedAt, timeZone)}</span>
    </>
  )
  return (
    <tr>
      <Td isFigure className={isPrint ? 'text-muted' : 'text-muted max-md:hidden'}>
        {seq}
      </Td>
      <Td className="wrap-anywhere">
        <Link
          href={`/statement/${seq}`}
          prefetch={false}
          className="underline decoration-hairline underline-offset-4 hover:decoration-current print:no-underline"
        >
          {movementWords(t, line)}
        </Link>
        <span className={isPrint ? 'ms-2 text-xs text-muted' : 'flex flex-wrap gap-x-3 text-xs text-muted'}>
          {!isPrint && <span className="md:hidden">{time}</span>}
          {behind.modelName && (
            <span dir="ltr" className="wrap-anywhere">
              {behind.modelName}
            </span>
          )}
        </span>
      </Td>
      <Td className={isPrint ? 'whitespace-nowrap' : 'whitespace-nowrap max-md:hidden'}>{time}</Td>
      {!isPrint && (
        <Td className="max-md:hidden print:hidden">
          <CauseLink seq={seq} behind={behind} />
        </Td>
      )}
      <Td isFigure>
        <Figure amount={amount} currency={currency} isSigned />
      </Td>
      <Td isFigure className="text-muted">
        <Figure amount={balanceAfter} currency={currency} />
      </Td>
    </tr>
  )
}
