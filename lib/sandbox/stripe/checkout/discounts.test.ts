/** Coupons, promotion codes and tax, through the API and the hosted page. */
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { ContractChecker, checkedClient } from '../testing/checked-client'
import { control, paymentSession } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
let stripe: Stripe
let checker: ContractChecker
beforeAll(async () => {
  sandbox = await startSandbox()
  checker = new ContractChecker(true)
  stripe = checkedClient('sk_test_discounts', sandbox.url, checker)
}, 60_000)
afterAll(async () => {
  await sandbox.close()
  expect(checker.violations).toEqual([])
})

type Pay = { result: string; message?: string }
const pay = (session: string, body: object = {}) =>
  control<Pay>(sandbox.url, 'POST', `/checkout/${session}/pay`, {
    card_number: '4242424242424242',
    email: 'ada@example.com',
    ...body,
  })

async function visit(url: string, form: Record<string, string>) {
  const answer = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) })
  return { status: answer.status, text: await answer.text() }
}

const card = { card_number: '4242424242424242', expiry: '12 / 40', cvc: '123', name: 'Ada', email: 'ada@example.com' }

let serial = 0
async function aCode(
  coupon: Stripe.CouponCreateParams = { percent_off: 25 },
  more: Partial<Stripe.PromotionCodeCreateParams> = {},
) {
  const { id } = await stripe.coupons.create(coupon)
  serial += 1
  return stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: id },
    code: `CODE-${serial}`,
    ...more,
  })
}

const open = (more: Partial<Stripe.Checkout.SessionCreateParams> = { allow_promotion_codes: true }) =>
  stripe.checkout.sessions.create(paymentSession(5_000, more))
const reread = (id: string) => stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })

describe('promotion codes', () => {
  test('a code typed in any case lowers the total, is charged less, and is counted once', async () => {
    const code = await aCode({ percent_off: 25, name: 'Quarter off' })
    const session = await open()
    const page = await visit(session.url!, { action: 'apply_code', promotion_code: ` ${code.code.toLowerCase()} ` })
    expect(page.text).toMatch(/Quarter off[\s\S]*−\$12\.50[\s\S]*Pay \$37\.50/)
    expect(await reread(session.id)).toMatchObject({
      amount_subtotal: 5_000,
      amount_total: 3_750,
      total_details: { amount_discount: 1_250 },
      discounts: [{ promotion_code: code.id }],
    })
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(0)
    expect((await visit(session.url!, card)).status).toBe(303)
    expect((await reread(session.id)).payment_intent).toMatchObject({ amount: 3_750, amount_received: 3_750 })
    const after = await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] })
    expect([after.times_redeemed, (after.promotion.coupon as Stripe.Coupon).times_redeemed]).toEqual([1, 1])
  })

  test('a code is taken away again, and a declined card does not use it up', async () => {
    const code = await aCode({ amount_off: 1_000, currency: 'usd' }, { max_redemptions: 1 })
    const session = await open()
    await visit(session.url!, { action: 'apply_code', promotion_code: code.code })
    expect((await visit(session.url!, { ...card, card_number: '4000000000000002' })).text).toContain('declined')
    await visit(session.url!, { action: 'remove_code' })
    expect(await reread(session.id)).toMatchObject({ amount_total: 5_000, discounts: [] })
    expect((await visit(session.url!, card)).status).toBe(303)
    expect((await reread(session.id)).payment_intent).toMatchObject({ amount: 5_000 })
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(0)
  })

  test('a code over the whole price needs no card and makes no payment', async () => {
    const code = await aCode({ percent_off: 100 })
    const session = await open()
    const page = await visit(session.url!, { action: 'apply_code', promotion_code: code.code })
    expect(page.text).toContain('Complete order')
    expect(page.text).not.toContain('Card number')
    expect((await visit(session.url!, { email: 'ada@example.com' })).status).toBe(303)
    expect(await reread(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      amount_total: 0,
      payment_intent: null,
    })
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1)
  })

  test.each([
    ['an unknown code', async () => 'NOTHING', 'This code is not valid.'],
    ['no code', async () => '', 'Enter a promotion code.'],
    ['an inactive code', async () => (await aCode({ percent_off: 10 }, { active: false })).code, 'no longer active'],
    [
      'a code for larger purchases',
      async () =>
        (await aCode({ percent_off: 10 }, { restrictions: { minimum_amount: 10_000, minimum_amount_currency: 'usd' } }))
          .code,
      'at least $100.00',
    ],
    ['a code that leaves too little', async () => (await aCode({ amount_off: 4_980, currency: 'usd' })).code, '$0.50'],
    [
      'a code of somebody else',
      async () => {
        const { id } = await stripe.customers.create({})
        return (await aCode({ percent_off: 10 }, { customer: id })).code
      },
      'for another customer',
    ],
  ])('%s is refused in words', async (_, codeOf, sentence) => {
    const session = await open()
    const page = await visit(session.url!, { action: 'apply_code', promotion_code: await codeOf() })
    expect(page.text).toContain(sentence)
    expect((await reread(session.id)).amount_total).toBe(5_000)
  })

  test('an authentication page opened before the code charges nothing afterwards', async () => {
    const code = await aCode({ percent_off: 50 })
    const session = await open()
    const asked = await pay(session.id, { card_number: '4000002760003184' })
    await visit(session.url!, { action: 'apply_code', promotion_code: code.code })
    expect((await visit((asked as Pay & { url: string }).url, { outcome: 'pass' })).text).toContain('No longer needed')
    expect((await visit(session.url!, card)).status).toBe(303)
    expect((await reread(session.id)).payment_intent).toMatchObject({ amount: 2_500, amount_received: 2_500 })
  })

  test('a code for first purchases does not serve somebody who has paid', async () => {
    const { code } = await aCode({ percent_off: 10 }, { restrictions: { first_time_transaction: true } })
    const customer = await stripe.customers.create({ email: 'ada@example.com' })
    const first = await open({ customer: customer.id, allow_promotion_codes: true })
    expect((await pay(first.id, { promotion_code: code })).result).toBe('complete')
    const second = await open({ customer: customer.id, allow_promotion_codes: true })
    expect(await pay(second.id, { promotion_code: code })).toMatchObject({
      result: 'declined',
      message: 'This code is for first purchases only.',
    })
  })

  test('of two who hold the last redemption, the second pays the full price or nothing', async () => {
    const code = await aCode({ percent_off: 50 }, { max_redemptions: 1 })
    const [a, b] = [await open(), await open()]
    for (const { url } of [a, b]) await visit(url!, { action: 'apply_code', promotion_code: code.code })
    expect((await pay(a.id)).result).toBe('complete')
    expect(await pay(b.id)).toMatchObject({ result: 'declined', message: expect.stringContaining('taken away') })
    expect(await reread(b.id)).toMatchObject({ amount_total: 5_000, discounts: [], payment_intent: null })
    expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1, active: false })
  })

  test('codes and coupons end by the clock', async () => {
    const now = (await control<{ now: number }>(sandbox.url, 'GET', '/clock')).now
    const code = await aCode({ percent_off: 10, redeem_by: now + 7_200 }, { expires_at: now + 3_600 })
    const session = await open()
    await control(sandbox.url, 'POST', '/clock', { advance_seconds: 3_700 })
    expect((await visit(session.url!, { action: 'apply_code', promotion_code: code.code })).text).toContain(
      'This code has expired.',
    )
    expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false)
    expect((await stripe.coupons.retrieve(code.promotion.coupon as string)).valid).toBe(true)
    await control(sandbox.url, 'POST', '/clock', { advance_seconds: 3_700 })
    expect((await stripe.coupons.retrieve(code.promotion.coupon as string)).valid).toBe(false)
    await expect(stripe.promotionCodes.update(code.id, { active: true })).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('through the API', () => {
  test('a session opens with its discount, and a discount that cannot be had is refused', async () => {
    const code = await aCode({ percent_off: 10 })
    const coupon = code.promotion.coupon as string
    expect(await open({ discounts: [{ coupon }] })).toMatchObject({ amount_total: 4_500, discounts: [{ coupon }] })
    expect(await open({ discounts: [{ promotion_code: code.id }] })).toMatchObject({ amount_total: 4_500 })
    await stripe.promotionCodes.update(code.id, { active: false })
    for (const discounts of [[{ promotion_code: code.id }], [{ coupon: 'nothing' }], [{ coupon }, { coupon }]]) {
      await expect(open({ discounts })).rejects.toMatchObject({ statusCode: 400 })
    }
    await expect(open({ discounts: [{ coupon }], allow_promotion_codes: true })).rejects.toThrow(/only specify one/)
    await stripe.coupons.del(coupon)
    await expect(open({ discounts: [{ coupon }] })).rejects.toMatchObject({ code: 'resource_missing' })
  })

  test.each([
    [{}, /percent_off or amount_off/],
    [{ percent_off: 10, amount_off: 10, currency: 'usd' }, /only specify one/],
    [{ percent_off: 101 }, /at most 100/],
    [{ amount_off: 100 }, /Missing required param: currency/],
    [{ percent_off: 10, duration: 'repeating' as const }, /does not serve/],
    [{ percent_off: 10, redeem_by: 1 }, /in the future/],
  ])('a coupon of %j is refused', async (params, message) => {
    await expect(stripe.coupons.create(params)).rejects.toThrow(message)
  })

  test('an active code belongs to one coupon, whatever its case', async () => {
    const code = await aCode()
    const twin = { promotion: code.promotion as { type: 'coupon'; coupon: string }, code: code.code.toLowerCase() }
    await expect(stripe.promotionCodes.create(twin)).rejects.toThrow(/already exists/)
    await stripe.promotionCodes.update(code.id, { active: false, metadata: { why: 'over' } })
    expect((await stripe.promotionCodes.create(twin)).active).toBe(true)
    const { data } = await stripe.promotionCodes.list({ coupon: twin.promotion.coupon, active: true })
    expect(data.map(({ code }) => code)).toEqual([twin.code])
    expect((await stripe.coupons.create({ id: 'TWELVE', percent_off: 12.5 })).percent_off).toBe(12.5)
    await expect(stripe.coupons.create({ id: 'TWELVE', percent_off: 10 })).rejects.toThrow(/already exists/)
    expect((await stripe.coupons.list({ limit: 1 })).data[0]!.id).toBe('TWELVE')
  })
})

describe('tax', () => {
  const place = { line1: '1 Main St', city: 'New York', state: 'ny', postal_code: '10001', country: 'us' }

  test('an address changes the total, which is seen before it is paid', async () => {
    const session = await open({ automatic_tax: { enabled: true } })
    expect(session.automatic_tax).toMatchObject({ enabled: true, status: 'requires_location_inputs' })
    const first = await visit(session.url!, { ...card, ...place, shown_total: '5000' })
    expect(first.status).toBe(200)
    expect(first.text).toMatch(/Tax \(US-NY, 8\.875%\)[\s\S]*\$4\.44[\s\S]*now includes the tax[\s\S]*Pay \$54\.44/)
    expect((await reread(session.id)).payment_intent).toBeNull()
    expect((await visit(session.url!, { ...card, ...place, shown_total: '5444' })).status).toBe(303)
    const paid = await reread(session.id)
    expect(paid).toMatchObject({
      amount_subtotal: 5_000,
      amount_total: 5_444,
      total_details: { amount_discount: 0, amount_tax: 444 },
      automatic_tax: { status: 'complete' },
      customer_details: { address: { country: 'US', state: 'NY' } },
    })
    expect(paid.payment_intent).toMatchObject({ amount: 5_444 })
  })

  test('tax is taken of what is left after the code', async () => {
    const code = await aCode({ percent_off: 20 })
    const session = await open({ automatic_tax: { enabled: true }, allow_promotion_codes: true })
    await pay(session.id, { promotion_code: code.code, address: { country: 'DE' } })
    expect(await reread(session.id)).toMatchObject({
      amount_total: 4_760,
      total_details: { amount_discount: 1_000, amount_tax: 760 },
    })
  })

  test('the address of a customer decides, and one is needed', async () => {
    const customer = await stripe.customers.create({ email: 'ada@example.com' })
    const params = { automatic_tax: { enabled: true }, customer: customer.id }
    await expect(open(params)).rejects.toMatchObject({ code: 'customer_tax_location_invalid' })
    const asking = await open({ ...params, customer_update: { address: 'auto' } })
    await expect(pay(asking.id)).rejects.toThrow(/needs an `address`/)
    await pay(asking.id, { address: { country: 'US', state: 'CA' } })
    expect((await reread(asking.id)).amount_total).toBe(5_363)
    expect(await open(params)).toMatchObject({ amount_total: 5_363, automatic_tax: { status: 'complete' } })
    await stripe.customers.update(customer.id, { tax_exempt: 'exempt' })
    expect(await open(params)).toMatchObject({ amount_total: 5_000, total_details: { amount_tax: 0 } })
  })

  test('a business with a VAT number accounts for the tax itself', async () => {
    const session = await open({ automatic_tax: { enabled: true }, tax_id_collection: { enabled: true } })
    await pay(session.id, {
      address: { country: 'DE' },
      business_name: 'Ada GmbH',
      tax_id: { type: 'eu_vat', value: 'DE123456789' },
    })
    expect(await reread(session.id)).toMatchObject({
      amount_total: 5_000,
      customer_details: { name: 'Ada GmbH', tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }] },
    })
  })
})
