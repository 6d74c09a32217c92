import { expect, test } from 'vitest'
import { readSettings } from './settings.mjs'

const real = { STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_WEBHOOK_SECRET: 'whsec_abc' }

test('without a Stripe key the sandbox runs, on the usual ports', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({
    mode: 'demo',
    host: '127.0.0.1',
    appUrl: 'http://localhost:3000',
    databaseUrl: null,
  })
  expect(settings.ports).toEqual({ web: 3000, gate: 3001, sandbox: 3002, postgres: 3003 })
})

test('with a Stripe key Stripe itself is used, and its webhook secret is required', () => {
  expect(readSettings(real).mode).toBe('real')
  expect(readSettings({ ...real, NODE_ENV: 'production' }).mode).toBe('real')
  expect(() => readSettings({ STRIPE_SECRET_KEY: 'sk_test_abc' })).toThrow('STRIPE_WEBHOOK_SECRET')
})

test.each(['sk_live_abc', 'rk_live_abc'])('%s never meets the sandbox', (key) => {
  const live = { ...real, STRIPE_SECRET_KEY: key }
  expect(readSettings(live).mode).toBe('real')
  expect(() => readSettings({ ...live, PURSE_SANDBOX: '1' })).toThrow('live key')
  expect(() => readSettings({ ...live, STRIPE_API_HOST: '127.0.0.1' })).toThrow('live key')
})

test('pretend money is not taken in production unless it is meant', () => {
  expect(() => readSettings({ NODE_ENV: 'production' })).toThrow('ALLOW_SANDBOX=1')
  expect(() => readSettings({ ...real, PURSE_SANDBOX: '1', NODE_ENV: 'production' })).toThrow('pretend money')
  expect(readSettings({ NODE_ENV: 'production', ALLOW_SANDBOX: '1' }).mode).toBe('demo')
})

test.each([
  [{ PORT: 'three' }, 'PORT is "three"'],
  [{ GATE_PORT: '70000' }, 'GATE_PORT'],
  [{ PORT: '3001' }, 'share a port'],
  [{ APP_URL: 'billing.example.com' }, 'APP_URL'],
  [{ DATABASE_URL: 'mysql://localhost/purse' }, 'DATABASE_URL'],
  [{ STRIPE_SECRET_KEY: 'pk_test_abc' }, 'not a secret key'],
])('%o is refused with a sentence', (env, sentence) => {
  expect(() => readSettings(env)).toThrow(sentence)
})
