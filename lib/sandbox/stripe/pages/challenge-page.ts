import type { Challenge } from '../state/collections'
import type { World } from '../state/world'
import { describeCard, formatAmount, merchantName } from './format'
import { html } from './html'
import { page } from './layout'

/** The bank's page, where the cardholder proves to be one. */
export function renderChallengePage(world: World, challenge: Challenge): string {
  const payment = world.store.get('paymentIntents', challenge.intentId)
  const intent = payment ?? world.store.get('setupIntents', challenge.intentId)!
  const method = world.store.get('paymentMethods', intent.payment_method as string)!
  const merchant = merchantName(
    challenge.sessionId ? world.store.get('checkoutSessions', challenge.sessionId) : undefined,
  )
  const purpose = payment
    ? `a payment of ${formatAmount(payment.amount, payment.currency)} to ${merchant}`
    : `saving your card with ${merchant}`
  return page(
    'Confirm it is you',
    html`<main class="message challenge"><p class="merchant">Sandbox Bank</p><h1>Confirm it is you</h1>
<p>Your bank asks you to approve ${purpose} with your ${describeCard(method.card!)}.</p>
<form method="post" class="actions"><button class="primary" name="outcome" value="pass">Complete authentication</button><button class="secondary" name="outcome" value="fail">Fail authentication</button></form></main>`,
  )
}
