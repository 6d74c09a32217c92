import { useFormats, useTexts } from '#texts'
import type { ChargeDto } from '@/lib/domain/usage'
import { Card } from '../ui/card'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { ExactText } from './exact-text'
import { chargeHref } from './view-links'

/** Tokens by class times their dated prices, the exact sum, and the one rounding. */
export function ChargePrice({ charge }: { charge: ChargeDto }) {
  const t = useTexts('usage')
  const f = useFormats()
  const { event, lines, quotient, rounded, alreadyCharged, difference, timeZone } = charge
  const { currency } = event
  const exact = (amount: string) => <ExactText amount={amount} currency={currency} />
  return (
    <Card
      id="price"
      title={t('charge.price.title')}
      description={t('charge.price.description', { instant: f.instant(charge.pricedAt, timeZone) })}
      isFlush
    >
      <Table caption={t('charge.price.caption')}>
        <thead>
          <tr>
            <Th>{t('charge.price.what')}</Th>
            <Th isFigure>{t('charge.price.sum')}</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.tokenClass}>
              <Td>
                <span className="block">{t(`classes.${line.tokenClass}`)}</span>
                <span className="block text-xs text-muted">
                  {t.rich('charge.price.line', {
                    tokens: f.number(line.tokens),
                    price: () => <ExactText amount={line.perMillion} currency={currency} />,
                    day: f.day(line.effectiveFrom, timeZone),
                  })}
                </span>
              </Td>
              <Td isFigure>{exact(line.quotient)}</Td>
            </tr>
          ))}
          <tr>
            <Td>{t('charge.price.exact')}</Td>
            <Td isFigure>{exact(quotient)}</Td>
          </tr>
          <tr>
            <Td>{t('charge.price.rounded')}</Td>
            <Td isFigure>{exact(rounded)}</Td>
          </tr>
          {alreadyCharged && (
            <tr>
              <Td>
                {t('charge.price.already')}{' '}
                <TextLink href={chargeHref(alreadyCharged.eventKey)}>{t('charge.price.alreadyLink')}</TextLink>
              </Td>
              <Td isFigure>−{exact(alreadyCharged.amount)}</Td>
            </tr>
          )}
          {difference !== '0.00' && (
            <tr>
              <Td>{t('charge.price.difference')}</Td>
              <Td isFigure>{exact(difference)}</Td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <Td className="border-t font-semibold">{t('charge.price.charge')}</Td>
            <Td isFigure className="border-t font-semibold">
              {exact(charge.charge)}
            </Td>
          </tr>
        </tfoot>
      </Table>
    </Card>
  )
}
