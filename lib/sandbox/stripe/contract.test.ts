/**
 * Drives the sandbox with the official client, and Stripe's test mode too when a key is there. Every answer is checked
 * against the client's own types.
 */
import type Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from './index'
import { ContractChecker, checkedClient } from './testing/checked-client'
import { control, paymentSession } from './testing/sandbox-kit'

const testModeKey = process.env.STRIPE_TEST_SECRET_KEY
const targets = [
  { name: 'the sandbox', key: null as string | null },
  ...(testModeKey ? [{ name: 'Stripe test mode', key: testModeKey }] : []),
]

describe.each(targets)('$name', ({ key }) => {
  let sandbox: RunningSandbox | null = null
  let checker: ContractChecker
  let stripe: Stripe

  beforeAll(async () => {
    sandbox = key ? null : await startSandbox()
    checker = new ContractChecker(sandbox !== null)
    stripe = checkedClient(key ?? 'sk_test_contract', sandbox?.url ?? null, checker)
  }, 60_000)

  afterEach(() => {
    expect(checker.violations).toEqual([])
  })

  afterAll(async () => {
    await sandbox?.close()
  })

  const aCustomer = (email = 'payer@example.com') => stripe.customers.create({ email, name: 'Payer' })

  async function aSavedCard(token = 'pm_card_visa') {
    const customer = await aCustomer()
    const method = await stripe.paymentMethods.attach(token, { customer: customer.id })
    return { customer, method }
  }

  const offSession = (customer: string, method: string, amount = 2_000) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      payment_method: method,
      off_session: true,
      confirm: true,
      error_on_requires_action: true,
    })

  test('a customer is created, read, changed, listed and deleted', async () => {
    const customer = await stripe.customers.create({
      email: 'a@example.com',
      address: { country: 'US', line1: '1 Main St' },
      metadata: { account: '1', note: 'x' },
    })
    const changed = await stripe.customers.update(customer.id, { name: 'A', metadata: { note: '' } })
    expect(changed).toMatchObject({ name: 'A', email: 'a@example.com', metadata: { account: '1' } })
    expect((await stripe.customers.retrieve(customer.id, { expand: ['tax_ids'] })).id).toBe(customer.id)
    expect((await stripe.customers.list({ email: 'a@example.com', limit: 3 })).data.map(({ id }) => id)).toContain(
      customer.id,
    )
    expect(await stripe.customers.del(customer.id)).toMatchObject({ deleted: true })
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ id: customer.id, deleted: true })
    const error = await refusal(stripe.customers.update(customer.id, { name: 'B' }))
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' })
  })

  test('a card is saved, found again, changed and detached for ever', async () => {
    const { customer, method } = await aSavedCard()
    const twin = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
    expect(twin.card!.fingerprint).toBe(method.card!.fingerprint)
    expect((await stripe.paymentMethods.retrieve(method.id)).customer).toBe(customer.id)
    expect((await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data).toHaveLength(1)
    expect((await stripe.customers.listPaymentMethods(customer.id)).data[0]!.id).toBe(method.id)
    expect((await stripe.customers.retrievePaymentMethod(customer.id, method.id)).id).toBe(method.id)
    const changed = await stripe.paymentMethods.update(method.id, {
      card: { exp_year: 2040 },
      allow_redisplay: 'always',
    })
    expect(changed).toMatchObject({ allow_redisplay: 'always', card: { exp_year: 2040 } })
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
    await stripe.paymentMethods.detach(method.id)
    const after = (await stripe.customers.retrieve(customer.id)) as Stripe.Customer
    expect(after.invoice_settings.default_payment_method).toBeNull()
    expect(await refusal(stripe.paymentMethods.attach(method.id, { customer: customer.id }))).toMatchObject({
      statusCode: 400,
    })
  })

  test('a saved card is charged while its owner is away', async () => {
    const { customer, method } = await aSavedCard()
    const intent = await offSession(customer.id, method.id)
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2_000 })
    const charge = await stripe.charges.retrieve(intent.latest_charge as string, {
      expand: ['payment_intent.customer'],
    })
    expect(charge).toMatchObject({ status: 'succeeded', paid: true, captured: true, amount: 2_000 })
    expect(charge.receipt_url).toMatch(/^https?:/)
    expect((charge.payment_intent as Stripe.PaymentIntent).customer).toMatchObject({ id: customer.id })
    expect((await stripe.charges.list({ customer: customer.id })).data).toHaveLength(1)
    expect((await stripe.charges.update(charge.id, { description: 'Top-up' })).description).toBe('Top-up')
    expect(
      (await stripe.paymentIntents.list({ customer: customer.id, expand: ['data.latest_charge'] })).data[0],
    ).toMatchObject({
      latest_charge: { id: charge.id },
    })
  })

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', 'try_again_later'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds', 'try_again_later'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', 'do_not_try_again'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', 'do_not_try_again'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'confirm_card_data'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc', 'confirm_card_data'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error', 'try_again_later'],
  ])('%s is declined with %s', async (token, code, declineCode, adviceCode) => {
    const create = stripe.paymentIntents.create({
      amount: 2_000,
      currency: 'usd',
      payment_method: token,
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    const error = await refusal(create)
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
      advice_code: adviceCode,
    })
    const intent = await stripe.paymentIntents.retrieve(error.payment_intent!.id)
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code, decline_code: declineCode },
    })
    const charge = await stripe.charges.retrieve(error.raw.charge)
    expect(charge).toMatchObject({
      status: 'failed',
      paid: false,
      failure_code: code,
      outcome: { advice_code: adviceCode },
    })
  })

  test('a declined payment can be tried again with another card', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    await refusal(stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa_chargeDeclined' }))
    const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null })
    expect(await refusal(stripe.paymentIntents.confirm(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
    expect(await refusal(stripe.paymentIntents.cancel(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
  })

  test('a card that wants its owner cannot be charged while they are away', async () => {
    const { customer, method } = await aSavedCard('pm_card_authenticationRequired')
    const error = await refusal(offSession(customer.id, method.id))
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' })
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', payment_method: null })
    expect(error.payment_method).toMatchObject({ id: method.id })
  })

  test('a payment with its owner present leads to the authentication page', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      payment_method: 'pm_card_threeDSecure2Required',
      confirm: true,
      return_url: 'http://127.0.0.1:9/back',
    })
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } })
    expect(await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' })).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    })
  })

  test('a held payment is captured in part', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      capture_method: 'manual',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 900 })
    expect(await refusal(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 901 }))).toMatchObject({
      statusCode: 400,
    })
    const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 600 })
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 600 })
  })

  test('an unpaid payment is changed', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'usd', metadata: { a: '1' } })
    const changed = await stripe.paymentIntents.update(intent.id, {
      amount: 1_000,
      description: 'D',
      metadata: { b: '2' },
    })
    expect(changed).toMatchObject({ amount: 1_000, description: 'D', metadata: { a: '1', b: '2' } })
  })

  test('a card is saved without a payment', async () => {
    const customer = await aCustomer()
    const intent = await stripe.setupIntents.create({ customer: customer.id, usage: 'off_session' })
    await stripe.setupIntents.update(intent.id, { description: 'For top-ups' })
    const done = await stripe.setupIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
      return_url: 'http://127.0.0.1:9/back',
    })
    expect(done.status).toBe('succeeded')
    expect((await stripe.setupIntents.list({ customer: customer.id })).data[0]!.id).toBe(intent.id)
    expect(
      (await stripe.setupIntents.retrieve(intent.id, { expand: ['payment_method'] })).payment_method,
    ).toMatchObject({
      customer: customer.id,
    })
    expect(await refusal(stripe.setupIntents.cancel(intent.id))).toMatchObject({
      code: 'setup_intent_unexpected_state',
    })
    const other = await stripe.setupIntents.create({ customer: customer.id })
    expect((await stripe.setupIntents.cancel(other.id)).status).toBe('canceled')
  })

  test('a checkout session is opened, read, listed, changed and expired', async () => {
    const customer = await aCustomer()
    const session = await stripe.checkout.sessions.create(
      paymentSession(5_000, {
        customer: customer.id,
        client_reference_id: 'purchase-1',
        metadata: { purchase: '1' },
        payment_intent_data: { setup_future_usage: 'off_session', description: 'Credits', metadata: { purchase: '1' } },
        saved_payment_method_options: { payment_method_save: 'enabled' },
        customer_update: { name: 'auto', address: 'auto' },
        billing_address_collection: 'auto',
        tax_id_collection: { enabled: true },
        submit_type: 'pay',
        custom_text: { submit: { message: 'Credits never expire while used.' } },
        expand: ['line_items.data.price.product'],
      }),
    )
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 5_000,
      payment_intent: null,
    })
    expect(session.url).toMatch(/^https?:/)
    expect(session.line_items!.data[0]!.price!.product).toMatchObject({ name: 'Credits' })
    expect((await stripe.checkout.sessions.listLineItems(session.id)).data[0]).toMatchObject({ amount_total: 5_000 })
    expect((await stripe.checkout.sessions.retrieve(session.id)).line_items).toBeUndefined()
    const changed = await stripe.checkout.sessions.update(session.id, { metadata: { purchase: '2' } })
    expect(changed.metadata).toEqual({ purchase: '2' })
    const open = await stripe.checkout.sessions.list({ customer: customer.id, status: 'open' })
    expect(open.data.map(({ id }) => id)).toEqual([session.id])
    expect(await stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired', url: null })
    expect(await refusal(stripe.checkout.sessions.expire(session.id))).toMatchObject({ statusCode: 400 })
  })

  test('a setup session saves no money but a card', async () => {
    const customer = await aCustomer()
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      success_url: 'http://127.0.0.1:9/saved',
      setup_intent_data: { metadata: { account: '1' } },
      expand: ['setup_intent'],
    })
    expect(session).toMatchObject({ mode: 'setup', payment_status: 'no_payment_required', amount_total: null })
    expect(session.setup_intent).toMatchObject({ metadata: { account: '1' } })
  })

  test('a coupon and its promotion code are made, read, listed, changed and ended', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'once', name: 'Spring' })
    expect((await stripe.coupons.retrieve(coupon.id)).valid).toBe(true)
    expect((await stripe.coupons.list({ limit: 1 })).data[0]!.id).toBe(coupon.id)
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      restrictions: { minimum_amount: 1_000, minimum_amount_currency: 'usd' },
    })
    expect((await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] })).promotion).toMatchObject({
      coupon: { id: coupon.id },
    })
    expect((await stripe.promotionCodes.list({ coupon: coupon.id })).data).toHaveLength(1)
    const session = await stripe.checkout.sessions.create(
      paymentSession(5_000, { discounts: [{ promotion_code: code.id }] }),
    )
    expect(session).toMatchObject({ amount_subtotal: 5_000, amount_total: 4_000 })
    expect(session.total_details).toMatchObject({ amount_discount: 1_000, amount_tax: 0 })
    expect((await stripe.promotionCodes.update(code.id, { active: false })).active).toBe(false)
    expect(await stripe.coupons.del(coupon.id)).toMatchObject({ id: coupon.id, deleted: true })
  })

  const aDraft = async (customer: string, amount = 6_300) => {
    const draft = await stripe.invoices.create({ customer, collection_method: 'send_invoice', days_until_due: 30 })
    await stripe.invoiceItems.create({ customer, invoice: draft.id, amount, currency: 'usd', description: 'Usage' })
    return draft
  }

  test('an invoice is drafted from items, finalized, sent, credited and paid', async () => {
    const { customer, method } = await aSavedCard()
    const draft = await aDraft(customer.id)
    const credit = { customer: customer.id, invoice: draft.id, amount: -1_000, currency: 'usd' }
    const item = await stripe.invoiceItems.create(credit)
    expect(await stripe.invoiceItems.update(item.id, { description: 'Credit used first' })).toMatchObject({
      amount: -1_000,
      invoice: draft.id,
    })
    expect((await stripe.invoiceItems.retrieve(item.id)).description).toBe('Credit used first')
    expect((await stripe.invoiceItems.list({ invoice: draft.id })).data).toHaveLength(2)
    const named = await stripe.invoices.update(draft.id, {
      custom_fields: [{ name: 'PO number', value: '4711' }],
      metadata: { account: '1' },
    })
    expect(named).toMatchObject({ status: 'draft', total: 5_300, number: null })
    const open = await stripe.invoices.finalizeInvoice(draft.id, { expand: ['payments.data.payment.payment_intent'] })
    expect(open).toMatchObject({ status: 'open', amount_due: 5_300, metadata: { account: '1' } })
    expect(open.hosted_invoice_url).toMatch(/^https?:/)
    expect(open.payments!.data[0]!.payment.payment_intent).toMatchObject({ amount: 5_300, customer: customer.id })
    expect((await stripe.invoices.sendInvoice(open.id)).status).toBe('open')
    expect(await refusal(stripe.invoiceItems.del(item.id))).toMatchObject({ statusCode: 400 })
    expect(await refusal(stripe.invoices.del(open.id))).toMatchObject({ statusCode: 400 })
    const note = await stripe.creditNotes.create({ invoice: open.id, amount: 300, reason: 'order_change' })
    expect(note).toMatchObject({ amount: 300, pre_payment_amount: 300, status: 'issued' })
    expect((await stripe.creditNotes.update(note.id, { memo: 'Bought credit' })).memo).toBe('Bought credit')
    expect((await stripe.creditNotes.retrieve(note.id, { expand: ['invoice'] })).invoice).toMatchObject({
      amount_due: 5_000,
      amount_remaining: 5_000,
      pre_payment_credit_notes_amount: 300,
    })
    expect((await stripe.creditNotes.listLineItems(note.id)).data[0]).toMatchObject({ amount: 300 })
    expect((await stripe.creditNotes.list({ invoice: open.id })).data.map(({ id }) => id)).toEqual([note.id])
    expect((await stripe.creditNotes.voidCreditNote(note.id)).status).toBe('void')
    const paid = await stripe.invoices.pay(open.id, { payment_method: method.id })
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 5_300, amount_remaining: 0 })
    expect((await refusal(stripe.invoices.pay(open.id))).message).toBe('Invoice is already paid')
  })

  test('an invoice that is not wanted is deleted, voided or given up', async () => {
    const customer = await aCustomer()
    const draft = await aDraft(customer.id)
    const item = (await stripe.invoiceItems.list({ invoice: draft.id })).data[0]!
    expect(await stripe.invoiceItems.del(item.id)).toMatchObject({ deleted: true })
    expect(await stripe.invoices.del(draft.id)).toMatchObject({ id: draft.id, deleted: true })
    const open = async () => stripe.invoices.finalizeInvoice((await aDraft(customer.id)).id)
    expect((await stripe.invoices.voidInvoice((await open()).id)).status).toBe('void')
    const { id } = await open()
    expect((await stripe.invoices.markUncollectible(id)).status).toBe('uncollectible')
    expect((await stripe.invoices.pay(id, { paid_out_of_band: true })).status).toBe('paid')
    expect(await refusal(stripe.invoices.voidInvoice(id))).toMatchObject({ statusCode: 400 })
  })

  test('a billing portal is configured and opened', async () => {
    const customer = await aCustomer()
    const configuration = await stripe.billingPortal.configurations.create({
      features: { payment_method_update: { enabled: true }, invoice_history: { enabled: true } },
    })
    expect((await stripe.billingPortal.configurations.retrieve(configuration.id)).active).toBe(true)
    expect((await stripe.billingPortal.configurations.list({ limit: 1 })).data[0]!.id).toBe(configuration.id)
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration: configuration.id,
      return_url: 'https://example.com/billing',
      flow_data: { type: 'payment_method_update' },
    })
    expect(session).toMatchObject({ customer: customer.id, flow: { type: 'payment_method_update' } })
    expect(session.url).toMatch(/^https?:/)
  })

  test('a webhook endpoint tells its secret once', async () => {
    const created = await stripe.webhookEndpoints.create({
      url: 'https://example.com/hooks',
      enabled_events: ['checkout.session.completed'],
      api_version: checker.contract.apiVersion as '2026-10-28.endive',
    })
    expect(created.secret).toMatch(/^whsec_/)
    expect(created.api_version).toBe(checker.contract.apiVersion)
    expect((await stripe.webhookEndpoints.retrieve(created.id)).secret).toBeUndefined()
    expect((await stripe.webhookEndpoints.update(created.id, { disabled: true })).status).toBe('disabled')
    expect((await stripe.webhookEndpoints.list()).data.map(({ id }) => id)).toContain(created.id)
    expect(await stripe.webhookEndpoints.del(created.id)).toMatchObject({ deleted: true })
    const error = await refusal(stripe.webhookEndpoints.retrieve(created.id))
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing' })
  })

  test('what happens is told as events', async () => {
    const customer = await aCustomer('events@example.com')
    await stripe.customers.update(customer.id, { name: 'New name' })
    const findEvents = async () => {
      const { data } = await stripe.events.list({ types: ['customer.created', 'customer.updated'], limit: 20 })
      return data.filter((event) => (event.data.object as Stripe.Customer).id === customer.id)
    }
    await expect.poll(async () => (await findEvents()).length, { timeout: 15_000 }).toBe(2)
    const [updated, created] = await findEvents()
    expect(updated).toMatchObject({ type: 'customer.updated', data: { previous_attributes: { name: 'Payer' } } })
    expect((await stripe.events.retrieve(created!.id)).request?.idempotency_key).toBeTruthy()
  })

  test('lists are read page by page in both directions', async () => {
    const { customer, method } = await aSavedCard()
    for (let n = 0; n < 5; n++) await offSession(customer.id, method.id, 1_000 + n)
    const amounts = (list: { data: Stripe.PaymentIntent[] }) => list.data.map(({ amount }) => amount)
    const first = await stripe.paymentIntents.list({ customer: customer.id, limit: 2 })
    expect([amounts(first), first.has_more]).toEqual([[1_004, 1_003], true])
    const second = await stripe.paymentIntents.list({
      customer: customer.id,
      limit: 2,
      starting_after: first.data[1]!.id,
    })
    expect(amounts(second)).toEqual([1_002, 1_001])
    const back = await stripe.paymentIntents.list({
      customer: customer.id,
      limit: 2,
      ending_before: second.data[0]!.id,
    })
    expect(amounts(back)).toEqual([1_004, 1_003])
    const all = await stripe.paymentIntents.list({ customer: customer.id, limit: 2 }).autoPagingToArray({ limit: 100 })
    expect(all).toHaveLength(5)
    const none = await stripe.paymentIntents.list({
      customer: customer.id,
      created: { gt: first.data[0]!.created + 60 },
    })
    expect(none.data).toEqual([])
  })

  test.each([
    [
      'an unknown customer',
      { customer: 'cus_nobody' },
      { code: 'resource_missing', param: 'customer', statusCode: 400 },
    ],
    ['an amount below 50 cents', { amount: 49 }, { code: 'amount_too_small', param: 'amount' }],
    ['an amount with a fraction', { amount: 10.1 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['an amount that is no number', { amount: Number.NaN }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['an amount beyond the maximum', { amount: 100_000_000 }, { code: 'amount_too_large', param: 'amount' }],
    ['an unknown parameter', { colour: 'red' }, { code: 'parameter_unknown', param: 'colour' }],
    ['payment_method_types', { payment_method_types: ['card'] }, { code: 'payment_method_types_no_longer_supported' }],
  ])('a payment with %s is refused', async (_, params, expected) => {
    const error = await refusal(stripe.paymentIntents.create({ amount: 2_000, currency: 'usd', ...params }))
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, ...expected })
  })

  test('a charge is refunded in parts, and never by more than it was', async () => {
    const { customer, method } = await aSavedCard()
    const intent = await offSession(customer.id, method.id)
    const charge = intent.latest_charge as string
    const part = await stripe.refunds.create({ charge, amount: 500, reason: 'requested_by_customer' })
    expect(part).toMatchObject({ status: 'succeeded', amount: 500, payment_intent: intent.id })
    const tooMuch = await refusal(stripe.refunds.create({ charge, amount: 1_501 }))
    expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' })
    expect(tooMuch.message).toBe('Refund amount ($15.01) is greater than unrefunded amount on charge ($15.00)')
    await stripe.refunds.create({ payment_intent: intent.id })
    expect(await refusal(stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_already_refunded' })
    const refunded = await stripe.charges.retrieve(charge, { expand: ['refunds'] })
    expect(refunded).toMatchObject({ refunded: true, amount_refunded: 2_000 })
    expect(refunded.refunds!.data.map(({ amount }) => amount)).toEqual([1_500, 500])
    expect((await stripe.refunds.update(part.id, { metadata: { a: '1' } })).metadata).toEqual({ a: '1' })
    expect((await stripe.refunds.retrieve(part.id, { expand: ['charge'] })).charge).toMatchObject({ id: charge })
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2)
    expect(await refusal(stripe.refunds.cancel(part.id))).toMatchObject({ statusCode: 400 })
  })

  test('a charge is disputed, and evidence or giving in decides', { timeout: 60_000 }, async () => {
    const { customer, method } = await aSavedCard('pm_card_createDispute')
    const openDispute = async () => {
      const { latest_charge } = await offSession(customer.id, method.id)
      const charge = latest_charge as string
      const find = async () => (await stripe.disputes.list({ charge })).data[0]
      await expect.poll(find, { timeout: 15_000 }).toBeDefined()
      return { charge, dispute: (await find())! }
    }
    const { charge, dispute } = await openDispute()
    expect(dispute).toMatchObject({ status: 'needs_response', amount: 2_000, reason: 'fraudulent' })
    expect((await stripe.charges.retrieve(charge)).disputed).toBe(true)
    expect(await refusal(stripe.refunds.create({ charge }))).toMatchObject({ code: 'charge_disputed' })
    await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' } })
    const status = async () => (await stripe.disputes.retrieve(dispute.id)).status
    await expect.poll(status, { timeout: 30_000, interval: 500 }).toBe('won')
    const other = await openDispute()
    expect((await stripe.disputes.close(other.dispute.id)).status).toBe('lost')
  })

  test('a charge is reported as fraud, and refunding it leaves nothing to do', async () => {
    const { customer, method } = await aSavedCard('pm_card_createIssuerFraudRecord')
    const { id, latest_charge } = await offSession(customer.id, method.id)
    const find = async () =>
      (await stripe.radar.earlyFraudWarnings.list({ charge: latest_charge as string })).data.map((warning) => warning)
    await expect.poll(find, { timeout: 15_000 }).toHaveLength(1)
    const [warning] = await find()
    expect(warning).toMatchObject({ actionable: true, payment_intent: id, fraud_type: expect.any(String) })
    await stripe.refunds.create({ payment_intent: id })
    const isActionable = async () => (await stripe.radar.earlyFraudWarnings.retrieve(warning!.id)).actionable
    await expect.poll(isActionable, { timeout: 15_000 }).toBe(false)
    expect(await refusal(stripe.radar.earlyFraudWarnings.retrieve('issfr_nothing'))).toMatchObject({ statusCode: 404 })
  })

  test('unknown ids and properties are refused', async () => {
    expect(await refusal(stripe.paymentIntents.retrieve('pi_nothing'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'intent',
    })
    expect(await refusal(stripe.customers.list({ expand: ['data.nothing'] }))).toMatchObject({ statusCode: 400 })
    expect(await refusal(stripe.customers.list({ limit: 101 }))).toMatchObject({ statusCode: 400, param: 'limit' })
  })

  test('a repeated key gives the same answer, and another request under it is refused', async () => {
    const idempotencyKey = `contract-${Date.now()}`
    const first = await stripe.customers.create({ email: 'once@example.com' }, { idempotencyKey })
    const second = await stripe.customers.create({ email: 'once@example.com' }, { idempotencyKey })
    expect(second.id).toBe(first.id)
    expect(second.lastResponse.requestId).toBe(first.lastResponse.requestId)
    const error = await refusal(stripe.customers.create({ email: 'other@example.com' }, { idempotencyKey }))
    expect(error).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 })
  })

  if (key) return

  test('a paid session charges the customer, saves the card and settles', async () => {
    const customer = await aCustomer()
    const session = await stripe.checkout.sessions.create(
      paymentSession(5_000, { customer: customer.id, payment_intent_data: { setup_future_usage: 'off_session' } }),
    )
    await control(sandbox!.url, 'POST', `/checkout/${session.id}/pay`, { card_number: '4242424242424242' })
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge.balance_transaction', 'payment_intent.payment_method'],
    })
    expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid', url: null })
    expect(paid.payment_intent).toMatchObject({
      amount: 5_000,
      payment_method: { customer: customer.id, allow_redisplay: 'limited' },
      latest_charge: { balance_transaction: null },
    })
    await control(sandbox!.url, 'POST', '/clock', { advance_seconds: 60 })
    const intentId = (paid.payment_intent as Stripe.PaymentIntent).id
    const settled = await stripe.charges.list({ payment_intent: intentId, expand: ['data.balance_transaction'] })
    const transaction = settled.data[0]!.balance_transaction as Stripe.BalanceTransaction
    expect(transaction).toMatchObject({ amount: 5_000, fee: 175, net: 4_825 })
    expect((await stripe.balanceTransactions.retrieve(transaction.id, { expand: ['source'] })).source).toMatchObject({
      object: 'charge',
    })
    expect((await stripe.balanceTransactions.list({ limit: 1 })).data[0]!.id).toBe(transaction.id)
  })

  test('a refund that waits for its customer is canceled', async () => {
    const { customer, method } = await aSavedCard()
    await control(sandbox!.url, 'POST', `/payment_methods/${method.id}`, { refund: 'requires_action' })
    const { latest_charge: charge } = await offSession(customer.id, method.id)
    const refund = await stripe.refunds.create({ charge: charge as string })
    expect((await stripe.refunds.cancel(refund.id)).status).toBe('canceled')
  })

  test('a purchase with an invoice has one, with its lines and its payment', async () => {
    const session = await stripe.checkout.sessions.create(
      paymentSession(5_000, { invoice_creation: { enabled: true } }),
    )
    const payer = { card_number: '4242424242424242', email: 'invoice@example.com' }
    await control(sandbox!.url, 'POST', `/checkout/${session.id}/pay`, payer)
    const { invoice } = await stripe.checkout.sessions.retrieve(session.id)
    const paid = await stripe.invoices.retrieve(invoice as string, { expand: ['payments'] })
    expect(paid).toMatchObject({ status: 'paid', total: 5_000, customer_email: 'invoice@example.com' })
    expect((await stripe.invoices.list({ customer: paid.customer as string })).data).toHaveLength(1)
    expect((await stripe.invoices.listLineItems(paid.id)).data[0]).toMatchObject({ amount: 5_000 })
    const { data } = await stripe.invoicePayments.list({ invoice: paid.id })
    expect(paid.payments!.data[0]!.id).toBe(data[0]!.id)
    expect((await stripe.invoicePayments.retrieve(data[0]!.id)).status).toBe('paid')
  })

  test('no operation was left out above', () => {
    const all = checker.contract.operations.map(({ method, path }) => `${method} ${path}`)
    expect(all.filter((operation) => !checker.answered.has(operation))).toEqual([])
  })
})

/** The error a call ends with. */
async function refusal(call: Promise<unknown>) {
  const result = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (result === null) throw new Error('The call was not refused.')
  return result as InstanceType<typeof Stripe.errors.StripeError> & {
    raw: { charge: string }
    payment_intent?: Stripe.PaymentIntent
  }
}
