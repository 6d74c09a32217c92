import { useLocale, useTexts } from '#texts'
import type { DisputeDto } from '@/lib/domain/disputes'
import { MoneyText } from '../ui/money'
import { statusWords } from './words'

/** The disputes of one purchase, in words, as small lines beside its total. */
export function DisputeLines({ disputes }: { disputes: DisputeDto[] }) {
  const t = useTexts('disputes')
  const statuses = useTexts('disputes.statuses')
  const locale = useLocale()
  return disputes.map((dispute) => {
    const words = statusWords(statuses, dispute)
    // In German nouns keep their capital letter, and Arabic has none.
    const status = locale === 'en' ? words.charAt(0).toLowerCase() + words.slice(1) : words
    return (
      <span key={dispute.disputeId} className="block text-xs text-muted">
        {t.rich('line', { amount: () => <MoneyText amount={dispute.amount} />, status })}
      </span>
    )
  })
}
