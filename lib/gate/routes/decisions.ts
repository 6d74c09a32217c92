/** What the routes that decide about credit share: their refusals, and the caller's key. */
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import type { Call } from '../route'

/** What a decision about credit can be refused with. */
export const creditRefusals: RefusalCode[] = [
  'credits_exhausted',
  'budget_reached',
  'payment_method_required',
  'account_suspended',
  'payment_past_due',
  'credits_held',
  'budget_held',
  'top_up_in_progress',
]

/** The caller's key, of the body or the header. @throws Refusal `invalid_request` when they differ or it is malformed. */
export function keyOf(inBody: string | undefined, headers: Call['headers']): string | null {
  const inHeader = headers['idempotency-key']
  if (typeof inHeader !== 'string' || inHeader === '') return inBody ?? null
  if (inBody !== undefined && inBody !== inHeader) {
    throw keyWrong('The header Idempotency-Key and idempotency_key differ. Send one of them.')
  }
  if (/^[!-~]{1,128}$/.test(inHeader)) return inHeader
  throw keyWrong('Idempotency-Key must be printable ASCII without spaces, at most 128 characters.')
}

/** @throws Refusal `invalid_request` also when there is none. */
export function requiredKey(inBody: string | undefined, headers: Call['headers']): string {
  const key = keyOf(inBody, headers)
  if (key !== null) return key
  throw keyWrong('idempotency_key is missing: send your id of this request there or as the header Idempotency-Key.')
}

const keyWrong = (message: string) => new Refusal('invalid_request', { field: 'idempotency_key', message })
