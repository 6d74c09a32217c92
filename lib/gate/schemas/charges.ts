/** Why an event cost what it cost. */
import * as z from 'zod'
import { count, moneyOut, someAccount, someTime, time } from './parts'

export const chargePath = z.object({
  account_id: z.string().meta({ format: 'uuid', examples: [someAccount] }),
  event_id: z.string().meta({
    description:
      'Your id of the event; or the id of an authorization (auth_…), for what its settle or its expiry charged',
    examples: ['evt-20260302-000017'],
  }),
})

const id = z.string().meta({ format: 'uuid' })
const exact = z.string().meta({ description: 'Decimal string with every digit', examples: ['0.001488'] })
const sequence = z
  .string()
  .meta({ description: 'The number of the movement in the account’s ledger', examples: ['42'] })

const named = z.object({ id: z.string(), name: z.string().nullable() }).nullable()

const grant = z.object({
  id,
  source: z.enum(['signup', 'purchase', 'auto_top_up', 'promotion', 'adjustment', 'invoice_payment']),
  granted_at: time,
  is_gift: z.boolean().meta({ description: 'Paid by a promotion code at that purchase' }),
  receipt: z
    .object({
      purchase_id: id,
      paid_at: time.nullable(),
      receipt_url: z.string().nullable(),
      receipt_number: z.string().nullable(),
      invoice_pdf_url: z.string().nullable(),
      invoice_number: z.string().nullable(),
    })
    .nullable(),
})

export const charge = z
  .object({
    event_id: z.string().nullable().meta({ description: 'Your id; null of what came of a hold' }),
    event_key: id,
    source: z
      .enum(['settle', 'expiry', 'late', 'lease'])
      .nullable()
      .meta({ description: 'How it came; null: it was reported after the fact' }),
    recorded_at: time,
    occurred_at: time.nullable(),
    priced_at: time.meta({ description: 'The instant whose prices hold' }),
    model: z.string(),
    api_key: named.meta({ description: 'Whose usage it is; null: the account’s alone' }),
    member: named,
    tag: z.string().nullable(),
    currency: z.string().meta({ examples: ['usd'] }),
    lines: z
      .array(
        z.object({
          token_class: z.enum(['input', 'cached_input', 'output']),
          tokens: count.meta({ description: 'input: without the cached ones' }),
          per_million: moneyOut,
          effective_from: time,
          amount: exact,
        }),
      )
      .meta({ description: 'Tokens times the price of that time. Of a late settle: of the whole request.' }),
    sum: exact.meta({ description: 'Of the lines' }),
    rounded: moneyOut.meta({ description: 'The sum, rounded once, half up, to the nano' }),
    already_charged: moneyOut
      .nullable()
      .meta({ description: 'Of a late settle: what was charged when its hold expired. charged is the rest.' }),
    difference: moneyOut.meta({ description: 'Nothing, unless the price list was changed in hindsight' }),
    charged: moneyOut,
    transfer: z.object({ seq: sequence, amount: moneyOut, posted_at: time, events: count }).nullable().meta({
      description: 'The movement of the ledger that charged it, with how many events; null when it cost nothing',
    }),
    parts: z
      .array(
        z.object({
          kind: z.enum(['grant', 'repaid', 'owed']),
          amount: moneyOut,
          repaid_at: time.nullable(),
          repaid_by: sequence.nullable(),
          grant: grant.nullable(),
        }),
      )
      .meta({
        description:
          'Where the charge went; they add up to it. grant: burned there. repaid: recorded below zero, and paid later by credit that arrived. owed: not paid yet.',
      }),
    budgets: z
      .array(
        z.object({
          scope: z.enum(['account', 'key', 'member']),
          window: z.enum(['daily', 'weekly', 'monthly', 'lifetime']),
          subject: named,
          period: z.string().meta({ examples: ['2026-03'] }),
          starts_at: time,
          ends_at: time,
          limit: moneyOut.nullable(),
          spent: moneyOut.meta({ description: 'What the whole period has spent up to now' }),
        }),
      )
      .meta({ description: 'The budgets that it counts against' }),
  })
  .meta({ id: 'Charge' })

export const chargeExample: z.infer<typeof charge> = {
  event_id: 'evt-20260302-000017',
  event_key: '8d3f2b1e-4c5d-8a6b-8f70-1a2b3c4d5e6f',
  source: null,
  recorded_at: someTime,
  occurred_at: null,
  priced_at: someTime,
  model: 'kimi-k2p7-code',
  api_key: { id: '019aa3b2-8000-7abc-8def-000000000001', name: 'CI' },
  member: { id: '019aa3b2-8000-7abc-8def-000000000002', name: 'Ada' },
  tag: 'search',
  currency: 'usd',
  lines: [
    {
      token_class: 'input',
      tokens: 1200,
      per_million: '0.95',
      effective_from: '2026-01-01T00:00:00.000Z',
      amount: '0.00114',
    },
    {
      token_class: 'cached_input',
      tokens: 0,
      per_million: '0.16',
      effective_from: '2026-01-01T00:00:00.000Z',
      amount: '0',
    },
    {
      token_class: 'output',
      tokens: 87,
      per_million: '4.00',
      effective_from: '2026-01-01T00:00:00.000Z',
      amount: '0.000348',
    },
  ],
  sum: '0.001488',
  rounded: '0.001488',
  already_charged: null,
  difference: '0.00',
  charged: '0.001488',
  transfer: { seq: '42', amount: '0.001488', posted_at: someTime, events: 1 },
  parts: [
    {
      kind: 'grant',
      amount: '0.001488',
      repaid_at: null,
      repaid_by: null,
      grant: {
        id: '019aa3b2-8000-7abc-8def-000000000003',
        source: 'purchase',
        granted_at: '2026-02-27T16:40:00.000Z',
        is_gift: false,
        receipt: {
          purchase_id: '019aa3b2-8000-7abc-8def-000000000004',
          paid_at: '2026-02-27T16:40:00.000Z',
          receipt_url: 'https://pay.stripe.com/receipts/payment/example',
          receipt_number: '1234-5678',
          invoice_pdf_url: null,
          invoice_number: null,
        },
      },
    },
  ],
  budgets: [
    {
      scope: 'key',
      window: 'daily',
      subject: { id: '019aa3b2-8000-7abc-8def-000000000001', name: 'CI' },
      period: '2026-03-02',
      starts_at: '2026-03-02T00:00:00.000Z',
      ends_at: '2026-03-03T00:00:00.000Z',
      limit: '5.00',
      spent: '1.25',
    },
  ],
}
