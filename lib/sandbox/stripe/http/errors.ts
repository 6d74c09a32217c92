/** The body of an error answer, in Stripe's words. */
export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: string
  param?: string
  decline_code?: string
  advice_code?: string
  network_decline_code?: string
  charge?: string
  payment_intent?: unknown
  payment_method?: unknown
  setup_intent?: unknown
  payment_method_type?: string
}

interface ErrorOptions {
  /** What was written before the error stays: it happened. */
  keepsChanges?: boolean
  /** Whether the answer is stored under the idempotency key. Answers given before work began are not. */
  isStored?: boolean
  headers?: Record<string, string>
}

/** An answer that is not a success. */
export class StripeError extends Error {
  readonly keepsChanges: boolean
  readonly isStored: boolean
  readonly headers: Record<string, string>

  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    options: ErrorOptions = {},
  ) {
    super(body.message)
    this.keepsChanges = options.keepsChanges ?? false
    this.isStored = options.isStored ?? true
    this.headers = options.headers ?? {}
  }

  /** The JSON answer, with the links Stripe adds. */
  render(requestId: string, publicUrl: string): { error: Record<string, unknown> } {
    const { code } = this.body
    return {
      error: {
        ...this.body,
        ...(code ? { doc_url: docUrl(code) } : {}),
        request_log_url: `${publicUrl}/_sandbox/requests/${requestId}`,
      },
    }
  }
}

export const docUrl = (code: string) => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`

/** The request does not fit the state of things; stored under its idempotency key. */
export function refuse(message: string, details: { code?: string; param?: string; status?: number } = {}): StripeError {
  const { status = 400, ...rest } = details
  return new StripeError(status, { type: 'invalid_request_error', message, ...rest })
}

/** A parameter is wrong in itself; nothing began, so nothing is stored. */
export function invalidParameter(message: string, param: string, code?: string): StripeError {
  return new StripeError(
    400,
    { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) },
    { isStored: false },
  )
}

export function missingParameter(param: string): StripeError {
  return invalidParameter(`Missing required param: ${param}.`, param, 'parameter_missing')
}

/** The sandbox knows the parameter but does not play it; better said than silently ignored. */
export function notServed(param: string, what = `\`${param}\``): StripeError {
  return invalidParameter(`The Stripe sandbox does not serve ${what}.`, param)
}

/** Unknown id: 404 when it was in the path, 400 when it was a parameter. */
export function noSuch(what: string, id: string, param: string, status: 400 | 404 = 404): StripeError {
  return refuse(`No such ${what}: '${id}'`, { code: 'resource_missing', param, status })
}
