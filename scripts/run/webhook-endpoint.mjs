import { saveSecrets } from './secrets.mjs'

/**
 * Tells the sandbox where its events go, as one does in Stripe's dashboard, unless it knows already.
 * Returns the secrets with `webhookSecret`, which is told only when an endpoint is made.
 */
export async function registerWebhook({ secrets, ports }) {
  const { default: Stripe } = await import('stripe') // not at the top: it may not be installed when this file is read
  const stripe = new Stripe('sk_test_sandbox', { protocol: 'http', host: '127.0.0.1', port: ports.sandbox })
  const url = `http://127.0.0.1:${ports.web}/api/webhooks/stripe`

  const known = secrets.webhookSecret && (await find(stripe, secrets.webhookEndpointId))
  if (known) {
    if (known.url !== url) await stripe.webhookEndpoints.update(known.id, { url })
    return secrets
  }
  const { id, secret } = await stripe.webhookEndpoints.create({
    url,
    enabled_events: ['*'],
    api_version: Stripe.API_VERSION,
  })
  return saveSecrets({ webhookEndpointId: id, webhookSecret: secret })
}

async function find(stripe, id) {
  try {
    return await stripe.webhookEndpoints.retrieve(id)
  } catch (error) {
    if (error.statusCode === 404) return null
    throw error
  }
}
