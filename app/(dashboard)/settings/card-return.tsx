import { Banner } from '@/components/ui/banner'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { settlePaymentMethod } from '@/lib/domain/payment-methods'

type CardReturnProps = {
  actor: Actor
  accountId: string
  card: string | string[] | undefined
  sessionId: string | string[] | undefined
}

/** What came of Stripe's page for saving a card. Runs the same operation as Stripe's event, whichever comes first. */
export async function CardReturn({ actor, accountId, card, sessionId }: CardReturnProps) {
  if (card === 'canceled') {
    return (
      <Banner tone="info" title="No card was added" isAnnounced>
        You left the page before saving one. Nothing was charged.
      </Banner>
    )
  }
  if (card !== 'added' || typeof sessionId !== 'string') return null
  const isAdded = await isCardAdded(actor, accountId, sessionId)
  return isAdded ? (
    <Banner tone="good" title="The card is saved" isAnnounced>
      Nothing was charged. Auto top-up uses it once you turn it on.
    </Banner>
  ) : (
    <Banner tone="warn" title="The card is not here yet" isAnnounced>
      Stripe has not confirmed it. It appears below by itself as soon as it does; nothing is charged.
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
