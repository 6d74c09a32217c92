/** The client, pinned to one API version and pointed where the environment says. */
import Stripe from 'stripe'
import { type Env, env } from '@/lib/edges/env'

/** The version whose objects the rest of this folder reads. Webhook endpoints are created with the same one. */
export const apiVersion = '2026-10-28.endive'

const timeoutMs = 20_000
/** One repeat under the same idempotency key smooths a hiccup; what still fails is for the caller to know. */
const networkRetries = 1

let shared: { settings: Env; client: Stripe } | undefined

/** The client of this process. Throws when the configuration could move real money by mistake. */
export function stripe(): Stripe {
  const settings = env()
  if (shared?.settings !== settings) {
    assertStripeConfiguration()
    shared = {
      settings,
      client: new Stripe(settings.STRIPE_SECRET_KEY!, {
        apiVersion,
        timeout: timeoutMs,
        maxNetworkRetries: networkRetries,
        telemetry: false,
        ...(settings.STRIPE_API_HOST && {
          host: settings.STRIPE_API_HOST,
          protocol: settings.STRIPE_API_PROTOCOL,
          ...(settings.STRIPE_API_PORT && { port: settings.STRIPE_API_PORT }),
        }),
      }),
    }
  }
  return shared.client
}

/**
 * Checks the Stripe settings of this process: call it once at start.
 * @throws Error saying what to change when the key is missing or malformed, or is a live key pointed at the sandbox.
 */
export function assertStripeConfiguration(): void {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_HOST: host } = env()
  if (!key) throw new Error('STRIPE_SECRET_KEY is not set. Use a secret or restricted key of your Stripe account.')
  if (!/^(sk|rk)_(test|live)_\w+$/.test(key)) {
    throw new Error('STRIPE_SECRET_KEY is not a secret or restricted Stripe key (sk_test_…, rk_live_…).')
  }
  if (host && isLiveKey(key)) {
    throw new Error(
      `STRIPE_SECRET_KEY is a live key, but STRIPE_API_HOST points at a sandbox (${host}). A live key is only ever sent to Stripe: use a test key, or unset STRIPE_API_HOST.`,
    )
  }
}

const isLiveKey = (key: string): boolean => /^(sk|rk)_live_/.test(key)

/** Whether the key moves real money. Objects and events of the other mode are not ours. */
export const isLivemode = (): boolean => isLiveKey(env().STRIPE_SECRET_KEY ?? '')
