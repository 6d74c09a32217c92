import type { DriftFindingDto } from '@/lib/domain/reconciliation'
import { Badge, type Tone } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'

const states: Record<DriftFindingDto['state'], { word: string; tone: Tone }> = {
  open: { word: 'For a person', tone: 'bad' },
  known: { word: 'Under review already', tone: 'warn' },
  healed: { word: 'Put right', tone: 'good' },
}

/** Every difference in a sentence, with what to do about it. */
export function DriftFindings({ findings }: { findings: DriftFindingDto[] }) {
  return (
    <Card
      id="findings"
      title="Findings"
      description={findings.length === 0 ? 'None: Stripe and the books say the same.' : undefined}
      isFlush
    >
      <ul>
        {findings.map((finding) => (
          <li key={finding.findingId} className="border-t border-hairline px-4 py-3 sm:px-5">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={states[finding.state].tone}>{states[finding.state].word}</Badge>
              <span className="font-medium">{finding.kind.replaceAll('_', ' ')}</span>
              {finding.resolvedAt && finding.state === 'open' && <Badge tone="good">Resolved since</Badge>}
            </p>
            <p className="mt-1 max-w-prose">{finding.sentence}</p>
            {finding.state !== 'healed' && <p className="max-w-prose font-medium">{finding.whatToDo}</p>}
            <p className="mt-1 text-xs break-all text-muted">
              {finding.atStripe !== null && (
                <>
                  Stripe: <MoneyText amount={finding.atStripe} currency={finding.currency} />.{' '}
                </>
              )}
              {finding.inBooks !== null && (
                <>
                  Books: <MoneyText amount={finding.inBooks} currency={finding.currency} />.{' '}
                </>
              )}
              {[finding.paymentIntentId, finding.objectId, finding.purchaseId].filter(Boolean).join(', ')}
            </p>
            {finding.accountId && (
              <TextLink href={`/operator/accounts/${finding.accountId}`}>Open the account</TextLink>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
