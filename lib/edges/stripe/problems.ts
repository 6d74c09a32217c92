/** What it means when a call to Stripe fails: it was refused, nobody knows whether it happened, or our keys are wrong. */
import Stripe from 'stripe'
import { Refusal } from '@/lib/core/errors'
import { log } from '@/lib/edges/log'
import { stripe } from './client'

/** Stripe answered no, and nothing happened. */
export interface RefusedCall {
  kind: 'refused'
  /** Stripe's error code, such as "resource_missing"; the error's type when it has none. */
  code: string
  param: string | null
  message: string
}

/** The call may have happened: no answer, half an answer, or one that settles nothing. Ask again with the same key. */
export interface UnknownCall {
  kind: 'unknown'
  message: string
}

/** Stripe does not accept our key or our API version. Nothing happened, and nothing will until an operator acts. */
export interface MisconfiguredCall {
  kind: 'misconfigured'
  message: string
}

export type Problem = RefusedCall | UnknownCall | MisconfiguredCall

/** Sorts an error of the client. Errors that are not Stripe's are bugs and are thrown on. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Stripe.errors.StripeError)) throw error
  const { statusCode: status, message } = error
  // An unreadable answer (HTML from a proxy, a broken body) has no status: it may stand for a success.
  if (status === undefined || status === 409 || status === 429 || status >= 500) return { kind: 'unknown', message }
  if (status === 401 || status === 403 || /invalid stripe api version/i.test(message)) {
    return { kind: 'misconfigured', message }
  }
  if (status < 400) return { kind: 'unknown', message }
  return { kind: 'refused', code: error.code || error.rawType || 'refused', param: error.param || null, message }
}

/** A definite no that the caller of this folder did not expect. */
export class RefusedByStripe extends Error {
  override name = 'RefusedByStripe'
  constructor(
    readonly code: string,
    readonly param: string | null,
    message: string,
  ) {
    super(message)
  }
}

/** Stripe cannot be asked, and not because it is away: it does not accept our key or our API version. */
export class KeyRefusedByStripe extends Refusal {
  override name = 'KeyRefusedByStripe'
}

/** Whether Stripe refused because the object is not there (deleted, or of the other mode). */
export const isMissing = (error: unknown, param?: string): boolean =>
  error instanceof RefusedByStripe &&
  error.code === 'resource_missing' &&
  (param === undefined || error.param === param)

/**
 * Runs a call whose failure leaves nothing to decide.
 * @throws Refusal `payment_provider_unavailable` when Stripe cannot be asked, RefusedByStripe when it says no.
 */
export async function ask<Answer extends { object?: string }>(
  object: string,
  call: (client: Stripe) => Promise<Answer>,
): Promise<Answer> {
  try {
    return expectObject(await call(stripe()), object)
  } catch (error) {
    if (error instanceof Refusal) throw error
    const problem = problemOf(error)
    if (problem.kind === 'refused') throw new RefusedByStripe(problem.code, problem.param, problem.message)
    if (problem.kind === 'misconfigured') {
      log.error({ problem }, 'Stripe does not accept the configured key or version')
      throw new KeyRefusedByStripe('payment_provider_unavailable', providerUnavailable().facts)
    }
    log.warn({ problem, object }, 'Stripe gave no usable answer')
    throw providerUnavailable()
  }
}

/** The client takes any JSON with status 200 (and some without) for a success: it must be what was asked for. */
export function expectObject<Answer extends { object?: string }>(answer: Answer, object: string): Answer {
  if (answer?.object === object) return answer
  log.warn({ object, got: answer?.object }, 'Stripe answered with something else')
  throw providerUnavailable()
}

export const providerUnavailable = () =>
  new Refusal('payment_provider_unavailable', {
    message: 'Stripe, our payment provider, cannot be reached just now. Nothing is lost. Try again in a minute.',
    retry_after_seconds: 30,
  })

/** Ids come from our rows and from Stripe; an empty or foreign one would turn a read into a list. */
export function checkId(id: string, prefix: string): string {
  if (!new RegExp(`^${prefix}_[A-Za-z0-9_]{1,250}$`).test(id))
    throw new Error(`not an id of Stripe's (${prefix}_…): ${id}`)
  return id
}
