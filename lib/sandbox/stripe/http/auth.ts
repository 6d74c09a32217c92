import { type ErrorBody, StripeError } from './errors'

const contact =
  'See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.'

/** Lets test keys in (`sk_test_…`, `rk_test_…`; as bearer token or basic user name); throws Stripe's answer otherwise. */
export function checkApiKey(authorization: string | undefined): void {
  const key = readKey(authorization)
  if (!key) {
    throw unauthorized(
      `You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). ${contact}`,
    )
  }
  if (/^(sk|rk)_test_\w+$/.test(key)) return
  if (key.startsWith('pk_')) {
    throw refusedKey(403, {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      message:
        'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    })
  }
  const isLive = /^(sk|rk)_live/.test(key)
  throw unauthorized(`Invalid API Key provided: ${mask(key)}${isLive ? '. The sandbox takes test keys only' : ''}`)
}

function readKey(authorization = ''): string {
  const [scheme, value = ''] = authorization.split(' ')
  if (scheme?.toLowerCase() === 'bearer') return value.trim()
  if (scheme?.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString().split(':')[0]!
  return ''
}

/** Keys never appear whole in answers or logs. */
const mask = (key: string) => `${key.slice(0, 8)}${'*'.repeat(8)}${key.length > 16 ? key.slice(-4) : ''}`

const unauthorized = (message: string) =>
  refusedKey(401, { type: 'invalid_request_error', message }, { 'www-authenticate': 'Basic realm="Stripe"' })

const refusedKey = (status: number, body: ErrorBody, headers: Record<string, string> = {}) =>
  new StripeError(status, body, { isStored: false, headers })
