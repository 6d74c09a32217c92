import { useTexts } from '#texts'
import { Banner } from '@/components/ui/banner'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { settlePaymentMethod } from '@/lib/domain/payment-methods'

type CardReturnProps = {
  actor: Actor
  accountId: string
  card: string | string[] | undefined
  sessionId: string | string[] | undefined
  isPostPaid: boolean
}

/** What came of Stripe's page for saving a card. Runs the same operation as Stripe's event, whichever comes first. */
export async function CardReturn({ actor, accountId, card, sessionId, isPostPaid }: CardReturnProps) {
  const t = useTexts('settings.billing')
  if (card === 'canceled') {
    return (
      <Banner tone="info" title={t('card.left')} isAnnounced>
        {t('card.leftBody')}
      </Banner>
    )
  }
  if (card !== 'added' || typeof sessionId !== 'string') return null
  const isAdded = await isCardAdded(actor, accountId, sessionId)
  return isAdded ? (
    <Banner tone="good" title={t('card.added')} isAnnounced>
      {t(isPostPaid ? 'card.addedBodyPostPaid' : 'card.addedBody')}
    </Banner>
  ) : (
    <Banner tone="warn" title={t('card.missing')} isAnnounced>
      {t('card.missingBody')}
    </Banner>
  )
}

async function isCardAdded(actor: Actor, accountId: string, sessionId: string): Promise<boolean> {
  try {
    return (await settlePaymentMethod(actor, { accountId, sessionId })).isAdded
  } catch (refusal) {
    // Stripe may be away, or the address made up: the event brings the card later, or there is none.
    if (refusal instanceof Refusal) return false
    throw refusal
  }
}
