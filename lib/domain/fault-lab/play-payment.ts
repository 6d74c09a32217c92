import { Refusal } from '@/lib/core/errors'
import { displayMoney, parseMoney } from '@/lib/core/money'
import { payPage } from '@/lib/edges/stripe-sandbox'
import { buyCredits } from '../purchases'
import type { Play } from './rules'
import type { Stage } from './stage'

const amount = '25.00'

/** A place without sales tax: pages that add tax ask where the payer lives, and the figures stay round. */
const address = { country: 'US', state: 'OR' }

/** Pays an open payment page as a customer does, on a page of its own when none is open. Credit comes by Stripe's event. */
export async function playPayment(stage: Stage, { how }: Extract<Play, { kind: 'pay' }>): Promise<string> {
  const savesCard = how === 'saved_card'
  const page = await pageFor(stage, savesCard)
  const answer = await payPage(page.sessionId, { ...means[how], address })
  if (answer.result === 'declined') return `The page of ${page.amount} says: ${answer.message ?? 'declined'}`
  if (how === 'bank_account')
    return `${page.amount} is on its way from the bank: nothing is credited before it arrives.`
  return `${page.amount} was paid on Stripe’s page${savesCard ? ' and the card saved' : ''}. The credit comes with Stripe’s event.`
}

const means: Record<Extract<Play, { kind: 'pay' }>['how'], Parameters<typeof payPage>[1]> = {
  card: { card_number: '4242424242424242' },
  saved_card: { card_number: '4242424242424242', save: true },
  declined_card: { card_number: '4000000000000002' },
  bank_account: { bank_account: '000123456789' },
}

async function pageFor({ actor, accountId, world }: Stage, saveCard: boolean) {
  // By Stripe's word: ours is late while events are held.
  const waiting = new Set(world.customer?.open_pages)
  const open = world.purchases.find(
    ({ isPageOpen, checkoutSessionId, savesCard }) =>
      isPageOpen && savesCard === saveCard && waiting.has(checkoutSessionId ?? ''),
  )
  if (open) return { sessionId: open.checkoutSessionId!, amount: displayMoney(open.amount) }
  const { checkoutUrl } = await buyCredits(actor, { accountId, amount, saveCard })
  const sessionId = /cs_\w+/.exec(checkoutUrl)?.[0]
  if (!sessionId) throw new Refusal('conflict', { message: 'Stripe opened a page that is not of the sandbox.' })
  return { sessionId, amount: displayMoney(parseMoney(amount)) }
}
