/** The life of an invoice made through the API: what it asks for, how it is paid, and what is refused. */
import type Stripe from 'stripe'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ContractChecker } from '../testing/checked-client'
import { type InvoiceKit, intentOf, startInvoiceKit } from '../testing/invoice-kit'
import { refusalOf } from '../testing/money-back-kit'
import { call } from '../testing/sandbox-kit'

let checker: ContractChecker
let kit: InvoiceKit
let stripe: Stripe

beforeAll(() => {
  checker = new ContractChecker(true)
}, 60_000)
beforeEach(async () => {
  kit = await startInvoiceKit(checker)
  stripe = kit.stripe
})
afterEach(async () => {
  await kit.sandbox.close()
  expect(checker.violations.splice(0)).toEqual([])
})

const daySeconds = 86_400
const typesOf = (events: Stripe.Event[]) => events.map(({ type }) => type as string)
const statusesOf = (events: Stripe.Event[]) =>
  events
    .filter(({ type }) => type.startsWith('invoice.'))
    .map(({ type, data }) => [type, (data.object as Stripe.Invoice).status])

describe('from draft to paid', () => {
  test('the lines add up, the customer pays with a card, and every step is told as it was then', async () => {
    const customer = await kit.aCustomer()
    const card = await kit.aCard(customer)
    await kit.newEvents()
    const draft = await kit.aDraft([8_300, -2_000], {
      customer,
      metadata: { account_id: 'a1' },
      custom_fields: [{ name: 'PO number', value: '4711' }],
      description: 'Usage in October',
    })
    expect(draft).toMatchObject({
      status: 'draft',
      number: null,
      hosted_invoice_url: null,
      subtotal: 6_300,
      total: 6_300,
      amount_due: 6_300,
      auto_advance: false,
      automatically_finalizes_at: null,
      due_date: draft.created + 30 * daySeconds,
      custom_fields: [{ name: 'PO number', value: '4711' }],
    })
    expect(draft.lines.data.map(({ amount, description }) => [amount, description])).toEqual([
      [8_300, 'Line 1'],
      [-2_000, 'Line 2'],
    ])
    const open = await stripe.invoices.finalizeInvoice(draft.id, {
      expand: ['payments.data.payment.payment_intent'],
    })
    expect(open).toMatchObject({ status: 'open', amount_remaining: 6_300, amount_paid: 0, attempted: false })
    expect(open.number).toMatch(/^[0-9A-Z]{8}-0001$/)
    expect(intentOf(open)).toMatchObject({
      amount: 6_300,
      customer,
      description: 'Payment for Invoice',
      metadata: {},
      status: 'requires_payment_method',
    })
    await stripe.invoices.sendInvoice(open.id)
    expect(typesOf(await kit.newEvents())).toEqual([
      'invoice.created',
      ...['invoiceitem.created', 'invoice.updated', 'invoiceitem.created', 'invoice.updated'],
      ...['invoice.finalized', 'payment_intent.created', 'invoice.sent'],
    ])

    const paid = await stripe.invoices.pay(open.id, { payment_method: card })
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 6_300,
      amount_due: 6_300,
      amount_remaining: 0,
      attempted: true,
      attempt_count: 1,
      metadata: { account_id: 'a1' },
    })
    const events = await kit.newEvents()
    expect(typesOf(events)).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
    expect(events[3]!.data.previous_attributes).toMatchObject({ status: 'open', amount_paid: 0, attempted: false })
    expect(events[4]!.data.object).toMatchObject({ id: open.id, status: 'paid', amount_paid: 6_300 })

    const after = await kit.reread(paid)
    expect(after.payments!.data).toMatchObject([{ status: 'paid', amount_paid: 6_300, is_default: true }])
    expect(intentOf(after)).toMatchObject({ status: 'succeeded', amount_received: 6_300 })
    await kit.advance(10)
    const charge = await stripe.charges.retrieve(intentOf(after).latest_charge as string, {
      expand: ['balance_transaction'],
    })
    expect(charge).toMatchObject({ status: 'succeeded', customer, balance_transaction: { amount: 6_300, fee: 213 } })
    const { data: found } = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intentOf(after).id },
    })
    expect(found.map(({ invoice }) => invoice)).toEqual([paid.id])
  })

  test('the snapshots of a draft and of the open invoice are kept as they were', async () => {
    const open = await kit.anInvoice([900])
    await stripe.invoices.voidInvoice(open.id)
    expect(statusesOf(await kit.newEvents())).toEqual([
      ['invoice.created', 'draft'],
      ['invoice.updated', 'draft'],
      ['invoice.finalized', 'open'],
      ['invoice.updated', 'void'],
      ['invoice.voided', 'void'],
    ])
  })

  test('it is paid with its own card, or else with its customer’s; with neither it is not', async () => {
    const customer = await kit.aCustomer()
    const first = await kit.anInvoice([900], { customer })
    expect(await refusalOf(stripe.invoices.pay(first.id))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
    })
    expect(await kit.reread(first)).toMatchObject({ status: 'open', attempted: false })
    const usual = await kit.aCard(customer)
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: usual } })
    await stripe.invoices.pay(first.id)
    expect(intentOf(await kit.reread(first)).payment_method).toBe(usual)
    const own = await kit.aCard(customer, 'pm_card_mastercard')
    const second = await kit.anInvoice([900], { customer, default_payment_method: own })
    await stripe.invoices.pay(second.id)
    expect(intentOf(await kit.reread(second)).payment_method).toBe(own)
    const foreign = await kit.aCard(await kit.aCustomer())
    const third = await kit.anInvoice([900], { customer })
    expect(await refusalOf(stripe.invoices.pay(third.id, { payment_method: foreign }))).toMatchObject({
      code: 'resource_missing',
      param: 'payment_method',
    })
  })

  test('a declined card leaves it open, another card pays it by the same payment', async () => {
    const customer = await kit.aCustomer()
    const open = await kit.anInvoice([900], { customer })
    await kit.newEvents()
    const bad = await kit.aCard(customer, 'pm_card_chargeCustomerFail')
    const error = await refusalOf(stripe.invoices.pay(open.id, { payment_method: bad }))
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code: 'card_declined' })
    const failed = await kit.reread(open)
    expect(failed).toMatchObject({ status: 'open', attempted: true, attempt_count: 1, amount_remaining: 900 })
    expect(intentOf(failed)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'generic_decline' },
    })
    expect(typesOf(await kit.newEvents()).slice(-3)).toEqual([
      'payment_intent.payment_failed',
      'invoice.updated',
      'invoice.payment_failed',
    ])
    const paid = await stripe.invoices.pay(open.id, { payment_method: await kit.aCard(customer) })
    expect(paid).toMatchObject({ status: 'paid', attempt_count: 1 })
    expect(intentOf(await kit.reread(paid)).id).toBe(intentOf(failed).id)
  })

  test('a card whose owner must approve waits for them, off session and on', async () => {
    const customer = await kit.aCustomer()
    const strict = await kit.aCard(customer, 'pm_card_authenticationRequired')
    const open = await kit.anInvoice([900], { customer })
    await kit.newEvents()
    const error = await refusalOf(stripe.invoices.pay(open.id, { payment_method: strict }))
    expect(error).toMatchObject({ statusCode: 402, code: 'invoice_payment_intent_requires_action' })
    const waiting = await kit.reread(open)
    expect(waiting).toMatchObject({ status: 'open', attempted: true })
    expect(intentOf(waiting)).toMatchObject({ status: 'requires_action', payment_method: strict })
    const types = typesOf(await kit.newEvents())
    expect(types).toEqual(expect.arrayContaining(['invoice.payment_action_required', 'invoice.payment_failed']))
    await refusalOf(stripe.invoices.pay(open.id, { payment_method: strict, off_session: false }))
    const again = typesOf(await kit.newEvents())
    expect(again).toContain('invoice.payment_action_required')
    expect(again).not.toContain('invoice.payment_failed')
  })

  test('money that came another way is written down without a payment', async () => {
    const open = await kit.anInvoice([900])
    const paid = await stripe.invoices.pay(open.id, { paid_out_of_band: true })
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 900,
      amount_paid_off_stripe: 900,
      amount_remaining: 0,
      attempted: false,
    })
    const after = await kit.reread(paid)
    expect(after.payments!.data).toMatchObject([{ status: 'canceled', amount_paid: null }])
    expect(intentOf(after).status).toBe('canceled')
    const types = typesOf(await kit.newEvents())
    expect(types).toContain('invoice.paid')
    expect(types).not.toContain('invoice.payment_succeeded')
  })

  test('paying a draft finalizes it first', async () => {
    const customer = await kit.aCustomer()
    const draft = await kit.aDraft([900], { customer })
    const paid = await stripe.invoices.pay(draft.id, { payment_method: await kit.aCard(customer) })
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 900 })
    expect(paid.number).toMatch(/-0001$/)
  })
})

describe('states', () => {
  type Act = (id: string) => Promise<unknown>
  const acts: Record<string, Act> = {
    finalize: (id) => stripe.invoices.finalizeInvoice(id),
    pay: (id) => stripe.invoices.pay(id, { paid_out_of_band: true }),
    void: (id) => stripe.invoices.voidInvoice(id),
    mark: (id) => stripe.invoices.markUncollectible(id),
    delete: (id) => stripe.invoices.del(id),
    send: (id) => stripe.invoices.sendInvoice(id),
    describe: (id) => stripe.invoices.update(id, { description: 'New' }),
    note: (id) => stripe.invoices.update(id, { metadata: { note: '1' } }),
    credit: (id) => stripe.creditNotes.create({ invoice: id, amount: 100 }),
  }
  const lead: Record<string, string[]> = {
    draft: [],
    open: ['finalize'],
    paid: ['finalize', 'pay'],
    void: ['finalize', 'void'],
    uncollectible: ['finalize', 'mark'],
  }
  const allowed: Record<string, string[]> = {
    draft: ['finalize', 'pay', 'delete', 'send', 'describe', 'note'],
    open: ['pay', 'void', 'mark', 'send', 'note', 'credit'],
    paid: ['note'],
    void: ['note'],
    uncollectible: ['pay', 'void', 'note', 'credit'],
  }
  const cases = Object.keys(lead).flatMap((status) => Object.keys(acts).map((act) => [status, act] as const))

  test.each(cases)('an invoice that is %s: %s', async (status, act) => {
    const draft = await kit.aDraft([900])
    for (const step of lead[status]!) await acts[step]!(draft.id)
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe(status)
    await kit.newEvents()
    if (allowed[status]!.includes(act)) {
      await acts[act]!(draft.id)
      return
    }
    expect(await refusalOf(acts[act]!(draft.id))).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' })
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe(status)
    expect(await kit.newEvents()).toEqual([])
  })

  test('Stripe says why', async () => {
    const { id } = await kit.anInvoice([900])
    expect(await refusalOf(stripe.invoices.finalizeInvoice(id))).toMatchObject({
      code: 'invoice_not_editable',
      message: "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    })
    expect(await refusalOf(stripe.invoices.update(id, { footer: 'F' }))).toMatchObject({
      message: "Finalized invoices can't be updated in this way",
      param: 'footer',
    })
    expect(await refusalOf(stripe.invoiceItems.create({ customer: 'cus_x', invoice: id, amount: 1 }))).toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    })
    await stripe.invoices.markUncollectible(id)
    expect((await refusalOf(stripe.invoices.markUncollectible(id))).message).toBe(
      'This invoice has already been marked uncollectible.',
    )
    await stripe.invoices.pay(id, { paid_out_of_band: true })
    expect((await refusalOf(stripe.invoices.pay(id))).message).toBe('Invoice is already paid')
    expect((await refusalOf(stripe.invoices.voidInvoice(id))).message).toBe(
      'Invoices with `paid` payments cannot be voided.',
    )
    expect(await refusalOf(stripe.invoices.voidInvoice('in_nothing'))).toMatchObject({ statusCode: 404, param: 'id' })
    expect(await refusalOf(stripe.invoices.sendInvoice('in_nothing'))).toMatchObject({ param: 'invoice' })
  })

  test('void ends its payment, and nobody can pay or cancel that payment directly', async () => {
    const open = await kit.anInvoice([900])
    const { id } = intentOf(await kit.reread(open))
    expect(await refusalOf(stripe.paymentIntents.cancel(id))).toMatchObject({ code: 'payment_intent_unexpected_state' })
    expect(await refusalOf(stripe.paymentIntents.update(id, { amount: 1_000 }))).toMatchObject({ statusCode: 400 })
    await stripe.invoices.voidInvoice(open.id)
    expect(intentOf(await kit.reread(open))).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'void_invoice',
    })
    expect(await refusalOf(stripe.invoices.pay(open.id))).toMatchObject({ message: 'Voided invoices cannot be paid.' })
  })

  test('an uncollectible invoice is paid after all', async () => {
    const customer = await kit.aCustomer()
    const open = await kit.anInvoice([900], { customer })
    const given = await stripe.invoices.markUncollectible(open.id)
    expect(given.status_transitions.marked_uncollectible_at).toBeGreaterThan(0)
    const paid = await stripe.invoices.pay(open.id, { payment_method: await kit.aCard(customer) })
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 900 })
  })
})

describe('drafts and their items', () => {
  test('a draft follows its items until it is finalized; then they are fixed', async () => {
    const draft = await kit.aDraft([900, 100])
    const { data: items } = await stripe.invoiceItems.list({ invoice: draft.id })
    expect(items.map(({ amount }) => amount)).toEqual([100, 900])
    const [second, first] = items
    await stripe.invoiceItems.update(first!.id, { amount: 950, description: 'Changed', metadata: { model: 'm' } })
    expect(await stripe.invoiceItems.del(second!.id)).toMatchObject({ deleted: true })
    const changed = await stripe.invoices.retrieve(draft.id)
    expect([changed.total, changed.lines.data.length]).toEqual([950, 1])
    expect(changed.lines.data[0]).toMatchObject({
      description: 'Changed',
      metadata: { model: 'm' },
      parent: { invoice_item_details: { invoice_item: first!.id } },
    })
    await stripe.invoices.finalizeInvoice(draft.id)
    for (const refused of [
      stripe.invoiceItems.update(first!.id, { amount: 1 }),
      stripe.invoiceItems.del(first!.id),
      stripe.invoiceItems.create({ customer: draft.customer as string, invoice: draft.id, amount: 1 }),
    ]) {
      expect(await refusalOf(refused)).toMatchObject({ statusCode: 400, code: 'invoice_not_editable' })
    }
  })

  test('what waits for the customer comes on the next invoice only where that is asked for, newest first', async () => {
    const customer = await kit.aCustomer()
    for (const amount of [100, 200]) await stripe.invoiceItems.create({ customer, amount, currency: 'usd' })
    const without = await stripe.invoices.create({ customer })
    expect([without.total, without.lines.data]).toEqual([0, []])
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toHaveLength(2)
    const including = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
    expect(including.lines.data.map(({ amount }) => amount)).toEqual([200, 100])
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([])
  })

  test('a long invoice shows ten lines and lists them all', async () => {
    const amounts = Array.from({ length: 23 }, (_, index) => 100 + index)
    const open = await kit.anInvoice(amounts)
    expect([open.lines.data.length, open.lines.has_more]).toEqual([10, true])
    const lines = await stripe.invoices.listLineItems(open.id, { limit: 4 }).autoPagingToArray({ limit: 100 })
    expect(lines.map(({ amount }) => amount)).toEqual(amounts)
    expect(open.total).toBe(amounts.reduce((sum, amount) => sum + amount, 0))
  })

  test('a deleted draft is gone with its items', async () => {
    const draft = await kit.aDraft([900])
    expect(await stripe.invoices.del(draft.id)).toEqual(expect.objectContaining({ id: draft.id, deleted: true }))
    expect(await refusalOf(stripe.invoices.retrieve(draft.id))).toMatchObject({ statusCode: 404 })
    expect((await stripe.invoiceItems.list({ customer: draft.customer as string })).data).toEqual([])
    expect(typesOf(await kit.newEvents()).at(-1)).toBe('invoice.deleted')
  })

  test('the due date counts from finalizing, and from nothing else', async () => {
    const draft = await kit.aDraft([900])
    await kit.advance(5 * daySeconds)
    const open = await stripe.invoices.finalizeInvoice(draft.id)
    expect(open.due_date).toBe(open.status_transitions.finalized_at! + 30 * daySeconds)
    const fixed = await kit.anInvoice([900], {
      collection_method: 'send_invoice',
      due_date: open.due_date! + 7,
    })
    expect(fixed.due_date).toBe(open.due_date! + 7)
  })

  test('what the customer is called when it is finalized stays on it', async () => {
    const customer = await kit.aCustomer()
    const draft = await kit.aDraft([900], { customer })
    await stripe.customers.update(customer, { name: 'Ada Ltd' })
    const open = await stripe.invoices.finalizeInvoice(draft.id)
    await stripe.customers.update(customer, { name: 'Somebody else' })
    expect((await stripe.invoices.retrieve(open.id)).customer_name).toBe('Ada Ltd')
  })

  test.each<[string, string, object]>([
    ['no customer', '', { param: 'customer' }],
    ['an unknown customer', 'customer=cus_x', { code: 'resource_missing', param: 'customer' }],
    ['an unknown parameter', 'customer=CUS&colour=red', { code: 'parameter_unknown', param: 'colour' }],
    ['one not played here', 'customer=CUS&number=7', { param: 'number' }],
    ['no due date though it is sent', 'customer=CUS&collection_method=send_invoice', {}],
    ['days until due though it charges', 'customer=CUS&days_until_due=7', {}],
    ['a due date in the past', 'customer=CUS&collection_method=send_invoice&due_date=1000', { param: 'due_date' }],
    [
      'two due dates',
      'customer=CUS&collection_method=send_invoice&days_until_due=7&due_date=9999999999',
      { param: 'due_date' },
    ],
    ['an unknown collection method', 'customer=CUS&collection_method=cash', { param: 'collection_method' }],
    [
      'a long custom field',
      `customer=CUS&custom_fields[0][name]=${'x'.repeat(41)}&custom_fields[0][value]=1`,
      { param: 'custom_fields[0][name]' },
    ],
    ['a custom field without value', 'customer=CUS&custom_fields[0][name]=PO', { code: 'parameter_missing' }],
    ['a card of nobody', 'customer=CUS&default_payment_method=pm_x', { code: 'resource_missing' }],
  ])('an invoice with %s is refused', async (_, form, expected) => {
    const customer = await kit.aCustomer()
    const { status, body } = await call(kit.sandbox.url, 'POST', '/v1/invoices', {
      form: form.replace('CUS', customer),
    })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ type: 'invalid_request_error', ...expected })])
    expect((await stripe.invoices.list({ customer })).data).toEqual([])
  })

  test('a customer without e-mail address gets no invoice sent', async () => {
    const { id: customer } = await stripe.customers.create({})
    const error = await refusalOf(
      stripe.invoices.create({ customer, collection_method: 'send_invoice', days_until_due: 3 }),
    )
    expect(error.message).toMatch(/^Missing email\. /)
    expect((await stripe.invoices.create({ customer })).collection_method).toBe('charge_automatically')
  })

  test('invoices are listed by customer, status, due date and how they are collected', async () => {
    const open = await kit.anInvoice([900])
    const customer = open.customer as string
    const draft = await stripe.invoices.create({ customer })
    const ids = async (params: Stripe.InvoiceListParams) =>
      (await stripe.invoices.list({ customer, ...params })).data.map(({ id }) => id)
    expect(await ids({})).toEqual([draft.id, open.id])
    expect(await ids({ status: 'open' })).toEqual([open.id])
    expect(await ids({ collection_method: 'charge_automatically' })).toEqual([draft.id])
    expect(await ids({ due_date: { lte: open.due_date! } })).toEqual([open.id])
    expect(await ids({ due_date: { gt: open.due_date! } })).toEqual([])
  })
})

describe('what is due', () => {
  test('nothing due is paid at once, without a payment', async () => {
    for (const amounts of [[], [500, -500]]) {
      const invoice = await kit.anInvoice(amounts)
      expect(invoice).toMatchObject({ status: 'paid', total: 0, amount_paid: 0, attempt_count: 0 })
      expect((await kit.reread(invoice)).payments!.data).toEqual([])
    }
  })

  test('less than can be charged waits in the customer’s balance for the next invoice', async () => {
    const customer = await kit.aCustomer()
    const small = await kit.anInvoice([30], { customer })
    expect(small).toMatchObject({ status: 'paid', total: 30, amount_due: 0, amount_paid: 0, ending_balance: 30 })
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: 30 })
    const next = await kit.anInvoice([100], { customer })
    expect(next).toMatchObject({ status: 'open', total: 100, amount_due: 130, starting_balance: 30, ending_balance: 0 })
  })

  test('less than nothing is credit for the next invoice, which gives it back when it is voided', async () => {
    const customer = await kit.aCustomer()
    await kit.anInvoice([-200], { customer })
    const next = await kit.anInvoice([1_000], { customer })
    expect(next).toMatchObject({ status: 'open', total: 1_000, amount_due: 800, starting_balance: -200 })
    await stripe.invoices.voidInvoice(next.id)
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: -200 })
  })

  test('tax of the customer’s place is added per line, and no line may be negative then', async () => {
    const customer = await kit.aCustomer({ address: { country: 'US', state: 'NY' } })
    const draft = await kit.aDraft([1_000, 3_000], { customer, automatic_tax: { enabled: true } })
    expect(draft).toMatchObject({
      subtotal: 4_000,
      total: 4_355,
      total_excluding_tax: 4_000,
      amount_due: 4_355,
      total_taxes: [{ amount: 355, taxable_amount: 4_000 }],
      automatic_tax: { enabled: true, status: 'complete' },
    })
    const negative = stripe.invoiceItems.create({ customer, invoice: draft.id, amount: -1 })
    expect(await refusalOf(negative)).toMatchObject({ statusCode: 400, param: 'amount' })
    const nowhere = await kit.aDraft([1_000], { automatic_tax: { enabled: true } })
    expect(await refusalOf(stripe.invoices.finalizeInvoice(nowhere.id))).toMatchObject({
      code: 'customer_tax_location_invalid',
    })
  })
})

describe('credit notes', () => {
  test('one takes its amount off what is due, and the rest is paid', async () => {
    const customer = await kit.aCustomer()
    const open = await kit.anInvoice([6_300], { customer })
    await kit.newEvents()
    const note = await stripe.creditNotes.create({
      invoice: open.id,
      amount: 2_000,
      reason: 'order_change',
      metadata: { account_id: 'a1' },
    })
    expect(note).toMatchObject({
      amount: 2_000,
      pre_payment_amount: 2_000,
      post_payment_amount: 0,
      type: 'pre_payment',
      status: 'issued',
      number: `${open.number}-CN-01`,
      metadata: { account_id: 'a1' },
    })
    expect(typesOf(await kit.newEvents())).toEqual(['credit_note.created', 'invoice.updated'])
    const less = await kit.reread(open)
    expect(less).toMatchObject({
      status: 'open',
      total: 6_300,
      amount_due: 4_300,
      amount_remaining: 4_300,
      pre_payment_credit_notes_amount: 2_000,
    })
    expect([intentOf(less).amount, less.payments!.data[0]!.amount_requested]).toEqual([4_300, 4_300])
    const paid = await stripe.invoices.pay(open.id, { payment_method: await kit.aCard(customer) })
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 4_300 })
    expect((await stripe.creditNotes.list({ invoice: open.id })).data.map(({ id }) => id)).toEqual([note.id])
    expect((await stripe.creditNotes.listLineItems(note.id)).data).toMatchObject([{ amount: 2_000 }])
  })

  test('one over all that is left ends the invoice as paid, with nothing paid', async () => {
    const open = await kit.anInvoice([900])
    await kit.newEvents()
    await stripe.creditNotes.create({ invoice: open.id, amount: 900 })
    const after = await kit.reread(open)
    expect(after).toMatchObject({
      status: 'paid',
      amount_due: 0,
      amount_paid: 0,
      amount_remaining: 0,
      attempted: false,
    })
    expect(after.payments!.data).toMatchObject([{ status: 'canceled' }])
    expect(typesOf(await kit.newEvents())).toEqual([
      'credit_note.created',
      'payment_intent.canceled',
      'invoice.updated',
      'invoice.paid',
    ])
  })

  test('none is for more than is left, for a paid invoice, or for nothing', async () => {
    const open = await kit.anInvoice([900])
    const create = (amount: number) => refusalOf(stripe.creditNotes.create({ invoice: open.id, amount }))
    expect(await create(901)).toMatchObject({ statusCode: 400, param: 'amount' })
    expect(await create(0)).toMatchObject({ code: 'parameter_invalid_integer', param: 'amount' })
    await stripe.invoices.pay(open.id, { paid_out_of_band: true })
    expect(await create(1)).toMatchObject({ statusCode: 400, param: 'amount' })
    expect(await refusalOf(stripe.creditNotes.create({ invoice: 'in_x', amount: 1 }))).toMatchObject({
      code: 'resource_missing',
      param: 'invoice',
    })
    expect(await refusalOf(stripe.creditNotes.create({ invoice: open.id, amount: 1, refund_amount: 1 }))).toMatchObject(
      { param: 'refund_amount' },
    )
  })

  test('one of what was paid returns it by a refund of the payment, and the invoice stays as it was', async () => {
    const customer = await kit.aCustomer()
    const open = await kit.anInvoice([900], { customer })
    const card = await kit.aCard(customer, 'pm_card_visa')
    await stripe.invoices.pay(open.id, { payment_method: card })
    const refuse = (refund_amount: number) =>
      refusalOf(stripe.creditNotes.create({ invoice: open.id, amount: 400, refund_amount }))
    expect(await refuse(300)).toMatchObject({ statusCode: 400, param: 'refund_amount' })
    const note = await stripe.creditNotes.create({ invoice: open.id, amount: 400, refund_amount: 400 })
    expect(note).toMatchObject({ type: 'post_payment', pre_payment_amount: 0, post_payment_amount: 400 })
    const refund = await stripe.refunds.retrieve(note.refunds[0]!.refund as string)
    expect(refund).toMatchObject({ amount: 400, status: 'succeeded', metadata: {} })
    expect(await kit.reread(open)).toMatchObject({
      status: 'paid',
      amount_paid: 900,
      pre_payment_credit_notes_amount: 0,
      post_payment_credit_notes_amount: 400,
    })
    expect((await stripe.paymentIntents.retrieve(refund.payment_intent as string)).metadata).toEqual({})
    expect(typesOf(await kit.newEvents())).toContain('credit_note.created')
  })

  test('a voided note is asked for again', async () => {
    const open = await kit.anInvoice([900])
    const note = await stripe.creditNotes.create({ invoice: open.id, amount: 400 })
    expect(await stripe.creditNotes.voidCreditNote(note.id)).toMatchObject({ status: 'void' })
    expect(await kit.reread(open)).toMatchObject({ amount_remaining: 900, pre_payment_credit_notes_amount: 0 })
    expect((await refusalOf(stripe.creditNotes.voidCreditNote(note.id))).message).toMatch(/already been voided/)
    expect(typesOf(await kit.newEvents())).toContain('credit_note.voided')
  })

  test('a question open at the bank is about the old amount and is withdrawn', async () => {
    const customer = await kit.aCustomer()
    const open = await kit.anInvoice([900], { customer })
    const strict = await kit.aCard(customer, 'pm_card_authenticationRequired')
    await refusalOf(stripe.invoices.pay(open.id, { payment_method: strict }))
    await stripe.creditNotes.create({ invoice: open.id, amount: 400 })
    expect(intentOf(await kit.reread(open))).toMatchObject({ status: 'requires_payment_method', amount: 500 })
  })
})
