/** Credit set aside for a gateway that decides in its own memory. */
import * as z from 'zod'
import { defaultLeaseSeconds, longestLeaseSeconds, shortestLeaseSeconds } from '@/lib/domain/holds/rules'
import {
  accountId,
  countedFor,
  id,
  idempotencyKey,
  ids,
  moneyIn,
  moneyOut,
  namesAccount,
  seconds,
  someAccount,
  time,
  usageFor,
} from './parts'
import { events, outcome } from './usage'

export const leasePath = z.object({ id: id('lease', ids.lease) })

const leaseSeconds = seconds(shortestLeaseSeconds, longestLeaseSeconds)

export const leaseBody = z
  .strictObject({
    account_id: accountId.optional(),
    ...usageFor,
    amount: moneyIn.meta({ description: 'How much credit to set aside', examples: ['5.00'] }),
    idempotency_key: idempotencyKey,
    expires_in_seconds: leaseSeconds.default(defaultLeaseSeconds).meta({
      description: 'When what is left goes back by itself. Settling may move the end.',
    }),
  })
  .superRefine(namesAccount)
  .meta({
    id: 'LeaseRequest',
    anyOf: [{ required: ['account_id', 'amount'] }, { required: ['api_key', 'amount'] }],
  })

export const settleLeaseBody = z
  .strictObject({
    events: events('LeaseEvent', 0),
    amount: moneyIn.optional().meta({
      description: 'Refill: how much unspent credit the lease shall hold after the events are charged',
      examples: ['5.00'],
    }),
    expires_in_seconds: leaseSeconds.optional().meta({ description: 'The new end, counted from now; only ever later' }),
  })
  .meta({ id: 'SettleLeaseRequest' })

export const lease = z
  .object({
    id: id('lease', ids.lease),
    account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
    ...countedFor,
    state: z.enum(['open', 'released', 'expired']),
    amount: moneyOut.meta({ description: 'What is unspent and held' }),
    currency: z.string().meta({ examples: ['usd'] }),
    available: moneyOut.meta({ description: 'What the account has left outside the lease' }),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'Lease' })

export const settleLeaseAnswer = z
  .object({
    lease,
    ...outcome,
    refill: z
      .object({ code: z.string(), detail: z.string(), max_affordable: moneyOut.nullable() })
      .nullable()
      .meta({ description: 'Why the refill was refused; null when it was not. The events are charged all the same.' }),
  })
  .meta({ id: 'SettleLeaseAnswer' })
