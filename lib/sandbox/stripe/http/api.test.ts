/** What the official client hides: raw requests, keys, idempotency, forms of other languages. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { call, clientOf, control } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

const post = (path: string, form = '', headers: Record<string, string> = {}) =>
  call(sandbox.url, 'POST', path, { form, headers })
const get = (path: string, headers: Record<string, string> = {}) => call(sandbox.url, 'GET', path, { headers })
const countCustomers = async () => (await get('/v1/customers?limit=100')).body.data.length

describe('keys', () => {
  test.each([
    ['no key', { authorization: '' }, 401],
    ['a live key', { authorization: 'Bearer sk_live_51Habcdefghijklmn' }, 401],
    ['a live restricted key', { authorization: 'Bearer rk_live_abc' }, 401],
    ['nonsense', { authorization: 'Bearer hello' }, 401],
    ['a publishable key', { authorization: 'Bearer pk_test_abc' }, 403],
  ])('%s is refused', async (_, headers, status) => {
    const answer = await get('/v1/customers', headers)
    expect(answer.status).toBe(status)
    expect(answer.body.error.type).toBe('invalid_request_error')
    expect(answer.text).not.toContain('51Habcdefghijkl')
  })

  test('a restricted test key and basic authentication are let in', async () => {
    expect((await get('/v1/customers', { authorization: 'Bearer rk_test_abc' })).status).toBe(200)
    const basic = `Basic ${Buffer.from('sk_test_abc:').toString('base64')}`
    expect((await get('/v1/customers', { authorization: basic })).status).toBe(200)
  })
})

describe('requests', () => {
  test('unknown parameters are named, nested ones with their path', async () => {
    const { status, body } = await post('/v1/customers', 'address[planet]=x')
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'parameter_unknown', param: 'address[planet]' })
    expect((await post('/v1/customers', 'a=1&b=2')).body.error.message).toBe('Received unknown parameters: a, b')
  })

  test('arrays are read as every client writes them', async () => {
    for (const form of ['expand[]=sources&expand[]=tax_ids', 'expand[0]=sources&expand[1]=tax_ids']) {
      const { body } = await post('/v1/customers', form)
      expect([body.sources.object, body.tax_ids.object]).toEqual(['list', 'list'])
    }
    const line =
      'line_items[][quantity]=1&line_items[][price_data][currency]=usd&line_items[][price_data][unit_amount]=100'
    const form = `mode=payment&success_url=http://a.b/&${line}&line_items[][price_data][product_data][name]=A&line_items[][quantity]=2`
    expect((await post('/v1/checkout/sessions', form)).body.error.param).toBe('line_items[1][price_data]')
  })

  test.each([
    [
      'an empty value where nothing can be unset',
      '/v1/payment_intents',
      'amount=&currency=usd',
      'parameter_invalid_empty',
    ],
    ['a missing parameter', '/v1/payment_intents', 'currency=usd', 'parameter_missing'],
    ['zero', '/v1/payment_intents', 'amount=0&currency=usd', 'parameter_invalid_integer'],
    ['a hash for a text', '/v1/customers', 'email[a]=b', undefined],
    ['a text for a hash', '/v1/customers', 'address=b', undefined],
    ['an unknown choice', '/v1/payment_intents', 'amount=100&currency=usd&capture_method=later', undefined],
    ['a parameter not played here', '/v1/payment_intents', 'amount=100&currency=usd&use_stripe_sdk=true', undefined],
    ['a mode not played here', '/v1/checkout/sessions', 'mode=subscription&success_url=http://a.b', undefined],
    [
      'a session that lives too long',
      '/v1/checkout/sessions',
      'mode=setup&currency=usd&success_url=http://a.b&expires_at=99999999999',
      undefined,
    ],
    [
      'the retired ui_mode',
      '/v1/checkout/sessions',
      'mode=setup&currency=usd&success_url=http://a.b&ui_mode=hosted',
      undefined,
    ],
  ])('%s is refused', async (_, path, form, code) => {
    const { status, body } = await post(path, form)
    expect([status, body.error.code]).toEqual([400, code])
  })

  test('a prototype cannot be polluted', async () => {
    expect((await post('/v1/customers', '__proto__[x]=1')).body.error.code).toBe('parameter_unknown')
    expect((await post('/v1/customers', 'metadata[__proto__]=1')).status).toBe(200)
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test('JSON bodies, unknown addresses, huge bodies and odd versions are refused', async () => {
    expect((await post('/v1/customers', '{"email":"a@b.c"}', { 'content-type': 'application/json' })).status).toBe(400)
    expect((await get('/v1/nothing')).body.error.message).toMatch(/^Unrecognized request URL \(GET: \/v1\/nothing\)/)
    expect((await post('/v1/customers', `description=${'x'.repeat(600_000)}`)).status).toBe(413)
    expect((await get('/v1/customers', { 'stripe-version': 'yesterday' })).status).toBe(400)
    expect((await get('/v1/customers', { 'stripe-version': '2024-06-20' })).headers.get('stripe-version')).toBe(
      '2026-10-28.endive',
    )
  })

  test('expansion ends at four levels and at unknown properties', async () => {
    expect(
      (await get('/v1/charges?expand[]=data.payment_intent.customer.invoice_settings.default_payment_method')).status,
    ).toBe(400)
    expect((await get('/v1/charges?expand[]=customer')).body.error.message).toContain("'data.customer'")
  })

  test('a cursor cannot point both ways', async () => {
    expect((await get('/v1/customers?starting_after=a&ending_before=b')).status).toBe(400)
    expect((await get('/v1/customers?starting_after=cus_nobody')).body.error.code).toBe('resource_missing')
  })

  test('an error points to what was asked', async () => {
    const { body, headers } = await get('/v1/customers/cus_nobody')
    const logged = await (await fetch(body.error.request_log_url)).json()
    expect(logged).toMatchObject({ id: headers.get('request-id'), path: '/v1/customers/cus_nobody', status: 404 })
  })
})

describe('idempotency', () => {
  const key = (name: string) => ({ 'idempotency-key': name })

  test('a replay carries the first answer, its request id and a mark', async () => {
    const first = await post('/v1/customers', 'email=a@b.c', key('replay'))
    const again = await post('/v1/customers', 'email=a@b.c', key('replay'))
    expect(again.text).toBe(first.text)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.headers.get('request-id')).toBe(first.headers.get('request-id'))
  })

  test('a decline is stored with its key', async () => {
    const form = 'amount=100&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined'
    const first = await post('/v1/payment_intents', form, key('declined'))
    const again = await post('/v1/payment_intents', form, key('declined'))
    expect([first.status, again.text]).toEqual([402, first.text])
  })

  test('what fails validation is not stored', async () => {
    expect((await post('/v1/customers', 'colour=red', key('fixed later'))).status).toBe(400)
    expect((await post('/v1/customers', 'email=a@b.c', key('fixed later'))).status).toBe(200)
  })

  test('another request or another address under the same key is refused', async () => {
    await post('/v1/customers', 'email=a@b.c', key('taken'))
    for (const [path, form] of [
      ['/v1/customers', 'email=x@y.z'],
      ['/v1/setup_intents', 'email=a@b.c'],
    ] as const) {
      expect((await post(path, form, key('taken'))).body.error.type).toBe('idempotency_error')
    }
  })

  test('twenty requests at once under one key have one effect', async () => {
    const before = await countCustomers()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/v1/customers', 'name=Once', key('burst'))),
    )
    expect(await countCustomers()).toBe(before + 1)
    const ids = answers.filter(({ status }) => status === 200).map(({ body }) => body.id)
    expect(new Set(ids).size).toBe(1)
    for (const { status, body } of answers) {
      if (status !== 200) expect([status, body.error.code]).toEqual([409, 'idempotency_key_in_use'])
    }
  })

  test('a call told that its key is in use goes through when asked again', async () => {
    await control(sandbox.url, 'POST', '/faults', {
      kind: 'http_409',
      match: { path_prefix: '/v1/customers', method: 'POST' },
    })
    expect((await post('/v1/customers', 'name=Busy', key('busy'))).body.error.code).toBe('idempotency_key_in_use')
    expect((await post('/v1/customers', 'name=Busy', key('busy'))).status).toBe(200)
  })

  test('a key is forgotten after a day', async () => {
    const first = await post('/v1/customers', 'name=Day', key('day'))
    await control(sandbox.url, 'POST', '/clock', { advance_seconds: 24 * 3600 + 1 })
    expect((await post('/v1/customers', 'name=Day', key('day'))).body.id).not.toBe(first.body.id)
  })

  test('keys on reads mean nothing', async () => {
    expect((await get('/v1/customers?limit=1', key('read'))).status).toBe(200)
    expect((await get('/v1/customers?limit=2', key('read'))).status).toBe(200)
  })
})

describe('the control surface', () => {
  test('web pages and foreign names are kept out', async () => {
    const withOrigin = await fetch(`${sandbox.url}/_sandbox/state`, { headers: { origin: 'http://evil.example' } })
    expect(withOrigin.status).toBe(403)
    expect(await statusWithHost('evil.example')).toBe(403)
  })

  test('mistakes are told in words', async () => {
    const answer = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body: '{"kind":"explode"}' })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('reset_before')])
  })

  test('a saved card can be told how to behave', async () => {
    const stripe = clientOf(sandbox.url)
    const customer = await stripe.customers.create({})
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    const charge = () =>
      stripe.paymentIntents.create({
        amount: 500,
        currency: 'usd',
        customer: customer.id,
        payment_method: method.id,
        off_session: true,
        confirm: true,
      })
    const behave = (body: object) => control(sandbox.url, 'POST', `/payment_methods/${method.id}`, body)
    await behave({ decline_code: 'do_not_honor' })
    await expect(charge()).rejects.toMatchObject({ code: 'card_declined', decline_code: 'do_not_honor' })
    await behave({ authentication_required: true })
    await expect(charge()).rejects.toMatchObject({ code: 'authentication_required' })
    await behave({ ok: true })
    expect((await charge()).status).toBe('succeeded')
    const state = await control<{ charged_cents_by_customer: Record<string, number> }>(sandbox.url, 'GET', '/state')
    expect(state.charged_cents_by_customer[customer.id]).toBe(500)
  })

  test('reset forgets everything', async () => {
    await control(sandbox.url, 'POST', '/reset')
    expect(await countCustomers()).toBe(0)
  })
})

/** fetch would not send another host than the one it talks to. */
function statusWithHost(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${sandbox.url}/_sandbox/state`, { headers: { host } }, (answer) => resolve(answer.statusCode!))
      .on('error', reject)
      .end()
  })
}
