import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { resetEnv } from '@/lib/edges/env'
import { isPublicAddress, postWebhook, WebhookFailed, webhookProblem } from '.'

const inMode = (mode: 'demo' | 'real') => {
  vi.stubEnv('DATABASE_URL', 'postgres://nowhere')
  vi.stubEnv('PURSE_MODE', mode)
  vi.stubEnv('STRIPE_SECRET_KEY', mode === 'real' ? 'rk_live_1' : '')
  vi.stubEnv('STRIPE_WEBHOOK_SECRET', 'whsec_1')
  vi.stubEnv('NEXTAUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('SMTP_URL', 'smtp://127.0.0.1:1')
  vi.stubEnv('SANDBOX_URL', 'http://127.0.0.1:1')
  resetEnv()
}
afterEach(() => {
  vi.unstubAllEnvs()
  resetEnv()
})

describe('addresses', () => {
  test.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111'])('%s is public', (ip) => expect(isPublicAddress(ip)).toBe(true))
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    'fe80::1',
    'fc00::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'localhost',
    '',
  ])('%s is not', (ip) => expect(isPublicAddress(ip)).toBe(false))

  test.each([
    ['http://example.com/x', 'https'],
    ['https://127.0.0.1/x', 'public internet'],
    ['https://[::1]/x', 'public internet'],
    ['https://2130706433/x', 'public internet'],
    ['https://user:pass@example.com/', 'name and password'],
    ['ftp://example.com', 'https'],
    ['nonsense', 'not a web address'],
  ])('%s is refused in words', (url, words) => {
    inMode('real')
    expect(webhookProblem(url)).toContain(words)
  })

  test('an address of Slack may be tried', () => {
    inMode('real')
    expect(webhookProblem('https://hooks.slack.com/services/T/B/x')).toBeNull()
  })

  test('a name that leads to this machine is refused when it is looked up', async () => {
    inMode('real')
    await expect(postWebhook('https://localhost:9/x', {})).rejects.toThrow('public internet')
  })
})

test('a message arrives as JSON; an answer that is not 2xx, and a redirect, are failures in words', async () => {
  inMode('demo')
  const got: string[] = []
  const server = http.createServer((request, answer) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      got.push(`${request.headers['content-type']} ${text}`)
      const status = Number(request.url?.slice(1))
      answer.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('x')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await postWebhook(`${url}/200`, { text: 'ü' })
  expect(got).toEqual(['application/json {"text":"ü"}'])
  for (const status of [302, 404, 500]) {
    await expect(postWebhook(`${url}/${status}`, {})).rejects.toThrow(`The address answered ${status}.`)
  }
  server.close()
  await expect(postWebhook('http://127.0.0.1:1/', {})).rejects.toThrow(WebhookFailed)
})
