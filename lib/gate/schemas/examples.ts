/** Requests and answers that the document shows. The ids are made up. */

import { ids, someAccount, someTime } from './parts'
import { usageType } from './usage'

export const examples = {
  authorize: {
    account_id: someAccount,
    idempotency_key: 'req-8f14e45f',
    model: 'kimi-k2p7-code',
    input_tokens: 1200,
    max_output_tokens: 500,
  },
  authorization: {
    id: ids.authorization,
    account_id: someAccount,
    api_key_id: null,
    tag: null,
    state: 'open',
    amount: '0.00314',
    currency: 'usd',
    model: 'kimi-k2p7-code',
    charged: null,
    reported: null,
    available: '0.99686',
    created_at: someTime,
    expires_at: '2026-03-02T09:25:00.000Z',
  },
  extend: { max_cost: '0.01', expires_in_seconds: 600 },
  usage: { input_tokens: 1200, cached_input_tokens: 0, output_tokens: 87 },
  reported: {
    model: 'kimi-k2p7-code',
    input_tokens: 1200,
    cached_input_tokens: 0,
    output_tokens: 87,
    cost: '0.001488',
  },
  event: { id: 'evt-20260302-000017', model: 'kimi-k2p7-code', input_tokens: 1200, output_tokens: 87 },
  cloudEvent: {
    specversion: '1.0',
    type: usageType,
    source: '/gateways/eu-1',
    id: 'evt-20260302-000017',
    subject: someAccount,
    time: someTime,
    datacontenttype: 'application/json',
    data: { model: 'kimi-k2p7-code', input_tokens: 1200, cached_input_tokens: 0, output_tokens: 87 },
  },
  usageAnswer: {
    accepted: 1,
    duplicates: 0,
    refused: 0,
    results: [{ index: 0, id: 'evt-20260302-000017', status: 'accepted', amount: '0.001488' }],
  },
  openLease: { account_id: someAccount, amount: '5.00', idempotency_key: 'lease-worker-3-17', expires_in_seconds: 300 },
  lease: {
    id: ids.lease,
    account_id: someAccount,
    api_key_id: null,
    tag: null,
    state: 'open',
    amount: '5.00',
    currency: 'usd',
    available: '15.00',
    created_at: someTime,
    expires_at: '2026-03-02T09:20:00.000Z',
  },
  balance: {
    account_id: someAccount,
    currency: 'usd',
    balance: '20.00',
    held: '5.00',
    available: '15.00',
    credit_limit: '0.00',
    as_of: someTime,
  },
  prices: {
    prices: [
      {
        model: 'kimi-k2p7-code',
        name: 'Kimi K2.7 Code',
        currency: 'usd',
        input_per_million: '0.95',
        cached_input_per_million: '0.16',
        output_per_million: '4.00',
      },
    ],
  },
} as const
