/** The hosted pages, driven by plain form posts as a browser without script sends them. */
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { clientOf, control, paymentSession } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
let stripe: Stripe
beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = clientOf(sandbox.url)
})
afterAll(() => sandbox.close())

const card = (card_number: string) => ({ card_number, expiry: '12 / 40', cvc: '123', name: 'Ada' })

async function visit(url: string, form?: Record<string, string>) {
  const answer = await fetch(url, {
    redirect: 'manual',
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  })
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    text: await answer.text(),
    headers: answer.headers,
  }
}

async function openSession(more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await stripe.checkout.sessions.create(paymentSession(5_000, { customer: customer.id, ...more }))
  return { customer, session, url: session.url! }
}

describe('checkout', () => {
  test('a payer pays and goes back with the session id; the page then says so', async () => {
    const { session, url } = await openSession()
    const before = await visit(url)
    expect(before.text).toMatch(/Sandbox: no real money moves[\s\S]*\$50\.00[\s\S]*Pay \$50\.00/)
    expect(before.headers.get('content-security-policy')).toContain("default-src 'none'")
    const paid = await visit(url, card('4242 4242 4242 4242'))
    expect([paid.status, paid.location]).toEqual([303, `http://127.0.0.1:9/paid?session=${session.id}`])
    expect((await visit(url)).text).toContain('Payment complete')
    expect((await visit(url, card('4242424242424242'))).text).toContain('Payment complete')
    const intent = await stripe.paymentIntents.list({ customer: session.customer as string })
    expect(intent.data.map(({ amount, status }) => [amount, status])).toEqual([[5_000, 'succeeded']])
    await expect(stripe.paymentIntents.cancel(intent.data[0]!.id)).rejects.toThrow(/owned by the Checkout Session/)
  })

  test('a decline is told in words, the session stays open, another card pays the same payment', async () => {
    const { session, url } = await openSession()
    const declined = await visit(url, card('4000000000009995'))
    expect([declined.status, declined.text]).toEqual([200, expect.stringContaining('insufficient funds')])
    expect(declined.text).not.toContain('4000000000009995"')
    const { payment_intent: first, status } = await stripe.checkout.sessions.retrieve(session.id)
    expect(status).toBe('open')
    expect((await visit(url, card('5555555555554444'))).status).toBe(303)
    const after = await stripe.checkout.sessions.retrieve(session.id)
    expect([after.payment_intent, after.payment_status]).toEqual([first, 'paid'])
  })

  test('mistakes in the form are told beside their fields', async () => {
    const { url } = await openSession()
    const answer = await visit(url, { card_number: '', expiry: '1', cvc: '', name: '' })
    expect(answer.status).toBe(200)
    for (const sentence of ['Enter a card number.', 'Enter the expiry', 'Enter the security code.', 'Enter the name']) {
      expect(answer.text).toContain(sentence)
    }
    expect((await visit(url, card('4242424242424241'))).text).toContain('Your card number is incorrect.')
    expect((await visit(url, { ...card('4242424242424242'), expiry: '01/20' })).text).toContain(
      'expiration year is invalid',
    )
  })

  test('an expired session says so and charges nothing', async () => {
    const { session, url } = await openSession()
    await control(sandbox.url, 'POST', '/clock', { advance_seconds: 25 * 3600 })
    expect((await visit(url)).text).toContain('This checkout has expired')
    expect((await visit(url, card('4242424242424242'))).status).toBe(200)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'expired',
      payment_status: 'unpaid',
    })
    expect((await stripe.events.list({ type: 'checkout.session.expired' })).data[0]!.data.object).toMatchObject({
      id: session.id,
    })
  })

  test('a guest gives an e-mail address and becomes a customer when the session makes one', async () => {
    const session = await stripe.checkout.sessions.create(paymentSession(1_000, { customer_creation: 'always' }))
    expect((await visit(session.url!, card('4242424242424242'))).text).toContain('Enter an e-mail address.')
    await visit(session.url!, { ...card('4242424242424242'), email: 'guest@example.com' })
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] })
    expect(paid).toMatchObject({
      customer: { email: 'guest@example.com' },
      customer_details: { email: 'guest@example.com' },
    })
  })

  test('a card kept with consent is offered next time', async () => {
    const options = { saved_payment_method_options: { payment_method_save: 'enabled' as const } }
    const { customer, url } = await openSession(options)
    await visit(url, { ...card('4242424242424242'), save: 'yes' })
    const next = await stripe.checkout.sessions.create(paymentSession(2_000, { customer: customer.id, ...options }))
    expect((await visit(next.url!)).text).toContain('Visa ending in 4242')
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data
    expect((await visit(next.url!, { payment_choice: method!.id })).status).toBe(303)
    const stranger = await stripe.checkout.sessions.create(paymentSession(2_000, { customer: customer.id }))
    await expect(
      control(sandbox.url, 'POST', `/checkout/${stranger.id}/pay`, { payment_method: 'pm_foreign' }),
    ).rejects.toThrow()
  })

  test('a card saved by the page is charged later without its owner', async () => {
    const { customer, url } = await openSession({ payment_intent_data: { setup_future_usage: 'off_session' } })
    expect((await visit(url)).text).toContain('to charge your card for future payments')
    await visit(url, card('4242424242424242'))
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data
    const off = { customer: customer.id, payment_method: method!.id, off_session: true, confirm: true }
    expect((await stripe.paymentIntents.create({ amount: 700, currency: 'usd', ...off })).status).toBe('succeeded')
  })

  test('what the payer types is escaped', async () => {
    const { url } = await openSession()
    const answer = await visit(url, { ...card('4000000000000002'), name: '"><script>alert(1)</script>' })
    expect(answer.text).not.toContain('<script>alert')
  })
})

describe('authentication', () => {
  async function challenged(number: string) {
    const opened = await openSession({ payment_intent_data: { setup_future_usage: 'off_session' } })
    const sent = await visit(opened.url, card(number))
    expect([sent.status, sent.location]).toEqual([303, expect.stringContaining('/c/3ds/')])
    return { ...opened, page: sent.location! }
  }

  test('passing it pays, and the card set up so is charged later without its owner', async () => {
    const { customer, session, page } = await challenged('4000002500003155')
    expect((await visit(page)).text).toMatch(/Complete authentication[\s\S]*Fail authentication/)
    expect((await visit(page, { outcome: 'pass' })).location).toContain(session.id)
    expect((await visit(page)).text).toContain('No longer needed')
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data
    const off = { customer: customer.id, payment_method: method!.id, off_session: true, confirm: true }
    expect((await stripe.paymentIntents.create({ amount: 700, currency: 'usd', ...off })).status).toBe('succeeded')
  })

  test('failing it leads back to an open session', async () => {
    const { session, url, page } = await challenged('4000002760003184')
    const failed = await visit(page, { outcome: 'fail' })
    expect([failed.status, failed.text]).toEqual([200, expect.stringContaining('failed authentication')])
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
    expect((await visit(url, card('4242424242424242'))).status).toBe(303)
  })

  test('the page of an abandoned try does nothing after another card has paid', async () => {
    const { customer, url, page } = await challenged('4000002760003184')
    await visit(url, card('4242424242424242'))
    expect((await visit(page, { outcome: 'pass' })).text).toContain('No longer needed')
    expect((await stripe.charges.list({ customer: customer.id })).data).toHaveLength(1)
  })

  test('a payer who leaves it comes back to an open session, which expires with its payment', async () => {
    const { session, url, page } = await challenged('4000002760003184')
    expect((await visit(url)).text).toContain('Pay $50.00')
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id)
    expect((await stripe.paymentIntents.retrieve(intent as string)).status).toBe('requires_action')
    await stripe.checkout.sessions.expire(session.id)
    expect((await stripe.paymentIntents.retrieve(intent as string)).status).toBe('canceled')
    expect((await visit(page, { outcome: 'pass' })).text).toContain('No longer needed')
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('unpaid')
  })

  test('passing it may still end in a decline, told on the page', async () => {
    const { session, page } = await challenged('4000008260003178')
    expect((await visit(page, { outcome: 'pass' })).text).toContain('insufficient funds')
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  })

  test('a payment made by the API leads back to where it came from', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      payment_method: 'pm_card_threeDSecure2Required',
      confirm: true,
      return_url: 'http://127.0.0.1:9/back?x=1',
    })
    const { location } = await visit(intent.next_action!.redirect_to_url!.url!, { outcome: 'pass' })
    expect(location).toContain(`x=1&payment_intent=${intent.id}`)
    expect(location).toContain('redirect_status=succeeded')
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded')
  })
})

test('a setup session saves a card', async () => {
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const params = {
    mode: 'setup',
    currency: 'usd',
    customer: customer.id,
    success_url: 'http://127.0.0.1:9/saved',
  } as const
  const session = await stripe.checkout.sessions.create(params)
  expect((await visit(session.url!)).text).toMatch(/<button[^>]*>Save card/)
  expect((await visit(session.url!, card('4000000000000002'))).text).toContain('The card was not saved.')
  expect((await visit(session.url!, card('4000000000000341'))).location).toBe('http://127.0.0.1:9/saved')
  const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data
  expect(method!.card!.last4).toBe('0341')
  const off = { customer: customer.id, payment_method: method!.id, off_session: true, confirm: true }
  await expect(stripe.paymentIntents.create({ amount: 700, currency: 'usd', ...off })).rejects.toMatchObject({
    code: 'card_declined',
  })
})

test('the receipt of a charge opens by its link alone', async () => {
  const { session, url } = await openSession({ payment_intent_data: { receipt_email: 'ada@example.com' } })
  await visit(url, card('4242424242424242'))
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge'],
  })
  const charge = (intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge
  const receipt = await visit(charge.receipt_url!)
  for (const fact of ['$50.00 paid', charge.receipt_number!, 'Visa ending in 4242', 'Credits', 'ada@example.com']) {
    expect(receipt.text).toContain(fact)
  }
  expect((await visit(`${sandbox.url}/receipts/nothing`)).status).toBe(404)
})
