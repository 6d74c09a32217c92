/** The billing portal, driven by plain form posts as a browser without script sends them. */
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { ContractChecker, checkedClient } from '../testing/checked-client'
import { control, paymentSession } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
let stripe: Stripe
let checker: ContractChecker
let configuration: string
beforeAll(async () => {
  sandbox = await startSandbox()
  checker = new ContractChecker(true)
  stripe = checkedClient('sk_test_portal', sandbox.url, checker)
  const created = await stripe.billingPortal.configurations.create({
    business_profile: { headline: 'Purse' },
    features: { payment_method_update: { enabled: true }, invoice_history: { enabled: true } },
  })
  configuration = created.id
}, 60_000)
afterAll(async () => {
  await sandbox.close()
  expect(checker.violations).toEqual([])
})

const card = (card_number: string) => ({ action: 'add', card_number, expiry: '12 / 40', cvc: '123', name: 'Ada' })

async function visit(url: string, form?: Record<string, string>) {
  const options = form ? { method: 'POST', body: new URLSearchParams(form) } : {}
  const answer = await fetch(url, { redirect: 'manual', ...options })
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
}

async function openPortal(more: Partial<Stripe.BillingPortal.SessionCreateParams> = {}) {
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    configuration,
    return_url: 'http://127.0.0.1:9/billing',
    ...more,
  })
  return { customer: customer.id, session, url: session.url }
}

const defaultOf = async (customer: string) =>
  ((await stripe.customers.retrieve(customer)) as Stripe.Customer).invoice_settings.default_payment_method
const cardsOf = async (customer: string) => (await stripe.customers.listPaymentMethods(customer)).data

test('cards are added, made the default and removed, and the way back is shown', async () => {
  const { customer, url } = await openPortal()
  expect((await visit(url)).text).toMatch(/href="http:\/\/127.0.0.1:9\/billing"[\s\S]*Purse[\s\S]*No card is saved/)
  expect((await visit(url, { ...card('4242424242424242'), make_default: 'yes' })).location).toBe(url)
  await visit(url, card('5555555555554444'))
  const [mastercard, visa] = await cardsOf(customer)
  expect(await defaultOf(customer)).toBe(visa!.id)
  expect((await visit(url)).text).toMatch(/Mastercard ending in 4444[\s\S]*Visa ending in 4242 <span class="badge">/)
  await visit(url, { action: 'make_default', payment_method: mastercard!.id })
  expect(await defaultOf(customer)).toBe(mastercard!.id)
  await visit(url, { action: 'remove', payment_method: mastercard!.id })
  expect(await defaultOf(customer)).toBeNull()
  expect((await cardsOf(customer)).map(({ id }) => id)).toEqual([visa!.id])
  const [event] = (await stripe.events.list({ type: 'billing_portal.session.created' })).data
  expect(event!.data.object).toMatchObject({ customer, url })
})

test('nobody touches the cards of another customer', async () => {
  const [mine, other] = [await openPortal(), await openPortal()]
  await visit(other.url, card('4242424242424242'))
  const [method] = await cardsOf(other.customer)
  await visit(mine.url, { action: 'remove', payment_method: method!.id })
  await visit(mine.url, { action: 'make_default', payment_method: method!.id })
  expect(await cardsOf(other.customer)).toHaveLength(1)
  expect(await defaultOf(mine.customer)).toBeNull()
})

test('a card that cannot be saved says why, and mistakes stand beside their fields', async () => {
  const { customer, url } = await openPortal()
  expect((await visit(url, card('4000000000000002'))).text).toMatch(/The card was not saved\.[\s\S]*declined/)
  expect((await visit(url, { ...card(''), cvc: '' })).text).toContain('Enter a card number.')
  expect((await visit(url, card('4242424242424241'))).text).toContain('card number is incorrect')
  expect(await cardsOf(customer)).toEqual([])
})

test('a bank that wants to be asked leads back, approved or not', async () => {
  const { customer, url } = await openPortal()
  const refused = await visit(url, { ...card('4000002760003184'), make_default: 'yes' })
  const back = await visit(refused.location!, { outcome: 'fail' })
  expect((await visit(back.location!)).text).toContain('Your bank did not approve it.')
  expect(await cardsOf(customer)).toEqual([])
  const passed = await visit(url, { ...card('4000002500003155'), make_default: 'yes' })
  const returned = await visit(passed.location!, { outcome: 'pass' })
  expect((await visit(returned.location!)).location).toBe(url)
  const [method] = await cardsOf(customer)
  expect(await defaultOf(customer)).toBe(method!.id)
  const off = { customer, payment_method: method!.id, off_session: true, confirm: true }
  expect((await stripe.paymentIntents.create({ amount: 700, currency: 'usd', ...off })).status).toBe('succeeded')
})

test('a flow asks for one new card and goes where it was told', async () => {
  const { customer, url } = await openPortal({
    flow_data: {
      type: 'payment_method_update',
      after_completion: { type: 'redirect', redirect: { return_url: 'http://127.0.0.1:9/card-updated' } },
    },
  })
  const page = await visit(url)
  expect(page.text).toContain('Update your card')
  expect(page.text).not.toContain('Invoices and receipts')
  expect((await visit(url, card('4242424242424242'))).location).toBe('http://127.0.0.1:9/card-updated')
  expect(await defaultOf(customer)).toBe((await cardsOf(customer))[0]!.id)
  const confirmed = await openPortal({
    flow_data: {
      type: 'payment_method_update',
      after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'Thank you.' } },
    },
  })
  expect((await visit(confirmed.url, card('4242424242424242'))).text).toMatch(/Card saved[\s\S]*Thank you\./)
})

test('invoices, and receipts of payments without one, are listed', async () => {
  const { customer, url } = await openPortal()
  for (const enabled of [true, false]) {
    const { id } = await stripe.checkout.sessions.create(
      paymentSession(5_000, { customer, invoice_creation: { enabled } }),
    )
    await control(sandbox.url, 'POST', `/checkout/${id}/pay`, { card_number: '4242424242424242' })
  }
  const [invoice] = (await stripe.invoices.list({ customer })).data
  const { text } = await visit(url)
  expect(text).toContain(`href="${invoice!.hosted_invoice_url}">Invoice ${invoice!.number}`)
  expect(text.match(/>Receipt</g)).toHaveLength(1)
})

test('a link ends five minutes after nobody opened it, and an hour after its last use', async () => {
  const [unopened, used] = [await openPortal(), await openPortal()]
  await visit(used.url)
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: 301 })
  expect((await visit(unopened.url)).text).toContain('This link has expired')
  expect((await visit(used.url)).text).toContain('Billing')
  await control(sandbox.url, 'POST', '/clock', { advance_seconds: 3_601 })
  expect((await visit(used.url, card('4242424242424242'))).text).toContain('This link has expired')
  expect((await visit(`${sandbox.url}/p/session/test_nothing`)).status).toBe(404)
})

test('what the portal does not do is refused', async () => {
  const { customer } = await openPortal()
  const sessions = stripe.billingPortal.sessions
  await expect(sessions.create({ customer })).rejects.toThrow(/No configuration provided/)
  await expect(sessions.create({ customer, configuration: 'bpc_nothing' })).rejects.toMatchObject({
    code: 'resource_missing',
  })
  const flow_data = { type: 'customer_update' as const }
  await expect(sessions.create({ customer, configuration, flow_data })).rejects.toThrow(/does not serve/)
  const { configurations } = stripe.billingPortal
  const features = { subscription_cancel: { enabled: true } }
  await expect(configurations.create({ features })).rejects.toThrow(/does not serve/)
  const plain = await configurations.create({ features: { invoice_history: { enabled: true } } })
  await expect(
    sessions.create({ customer, configuration: plain.id, flow_data: { type: 'payment_method_update' } }),
  ).rejects.toThrow(/disabled/)
  expect((await configurations.list({ active: true })).data[0]!.id).toBe(plain.id)
  expect((await configurations.retrieve(plain.id)).features.payment_method_update.enabled).toBe(false)
})
