import { afterEach, expect, test } from 'vitest'
import { resetEnv } from '@/lib/edges/env'
import { assertStripeConfiguration, isLivemode } from '.'

const names = ['DATABASE_URL', 'STRIPE_SECRET_KEY', 'STRIPE_API_HOST'] as const
const before = names.map((name) => [name, process.env[name]] as const)

function configure(key: string, host = '') {
  process.env.DATABASE_URL ||= 'postgres://unused'
  process.env.STRIPE_SECRET_KEY = key
  process.env.STRIPE_API_HOST = host
  resetEnv()
}

afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  resetEnv()
})

test.each([
  ['', '', /not set/],
  ['pk_test_1', '', /not a secret/],
  ['sk_live_1', '127.0.0.1', /live key is only ever sent to Stripe/],
  ['rk_live_1', 'sandbox.local', /live key is only ever sent to Stripe/],
])('a configuration with key %j and host %j is refused', (key, host, sentence) => {
  configure(key, host)
  expect(() => assertStripeConfiguration()).toThrow(sentence)
})

test.each([
  ['sk_test_1', '127.0.0.1', false],
  ['rk_test_1', '', false],
  ['sk_live_1', '', true],
])('key %j with host %j is taken; live: %s', (key, host, live) => {
  configure(key, host)
  assertStripeConfiguration()
  expect(isLivemode()).toBe(live)
})
