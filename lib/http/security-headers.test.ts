import { expect, test } from 'vitest'
import { contentSecurityPolicy, securityHeaders } from './security-headers'

const facts = { nonce: 'bm9uY2U=', appUrl: 'https://billing.example', formTargets: [], isDevelopment: false }

test('only scripts and styles with the nonce run, and nothing frames or redirects the page', () => {
  const policy = contentSecurityPolicy(facts)
  expect(policy).toContain("script-src 'nonce-bm9uY2U=' 'strict-dynamic';")
  expect(policy).toContain("style-src 'self' 'nonce-bm9uY2U=';")
  for (const part of [
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    'upgrade-insecure-requests',
  ]) {
    expect(policy).toContain(part)
  }
  expect(policy).toContain("form-action 'self' https://checkout.stripe.com;")
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/)
})

test('forms may lead to the payment page of the sandbox where there is one', () => {
  expect(contentSecurityPolicy({ ...facts, formTargets: ['http://127.0.0.1:4242'] })).toContain(
    "form-action 'self' https://checkout.stripe.com http://127.0.0.1:4242;",
  )
})

test('encryption is demanded exactly where the address has it', () => {
  expect(securityHeaders(facts)['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
  const plain = securityHeaders({ ...facts, appUrl: 'http://localhost:3000' })
  expect(plain).not.toHaveProperty('strict-transport-security')
  expect(plain['content-security-policy']).not.toContain('upgrade-insecure-requests')
  expect(plain['cache-control']).toBe('no-store')
})
