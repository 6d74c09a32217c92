import type { Challenge } from '../state/collections'
import { newId } from '../state/ids'
import type { World } from '../state/world'

interface NextAction {
  type: string
  redirect_to_url?: { return_url: string | null; url: string | null }
  use_stripe_sdk?: Record<string, string>
}

/** Opens an authentication page and says how the intent points to it. */
export function openChallenge(
  world: World,
  { intentId, returnUrl, sessionId }: Pick<Challenge, 'intentId' | 'returnUrl' | 'sessionId'>,
): { url: string; nextAction: NextAction } {
  const id = newId.challenge()
  world.store.put('challenges', id, { id, intentId, returnUrl, sessionId, state: 'open' })
  const url = `${world.publicUrl}/c/3ds/${id}`
  // Without an address to return to, Stripe leaves the page to its browser library.
  const nextAction: NextAction =
    returnUrl || sessionId
      ? { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } }
      : { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
  return { url, nextAction }
}
