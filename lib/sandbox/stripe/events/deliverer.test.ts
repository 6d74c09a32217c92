import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { describeDelivery } from '../control/describe-delivery'
import { type RunningSandbox, startSandbox } from '../index'
import { clientOf, control, paymentSession, startListener, until } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
let listener: Awaited<ReturnType<typeof startListener>>

beforeEach(async () => {
  sandbox = await startSandbox()
  listener = await startListener()
})
afterEach(async () => {
  await sandbox.close()
  await listener.close()
})

const stripe = () => clientOf(sandbox.url)
const deliveries = async () =>
  (await control<{ deliveries: ReturnType<typeof describeDelivery>[] }>(sandbox.url, 'GET', '/deliveries')).deliveries
const newCustomer = () => stripe().customers.create({})

async function listen(enabled_events: ['*'] | ['checkout.session.completed'] = ['*']) {
  const endpoint = await stripe().webhookEndpoints.create({
    url: listener.url,
    enabled_events,
    api_version: '2026-10-28.endive',
  })
  listener.state.secret = endpoint.secret!
  return endpoint
}

test('a purchase is told in order, signed, at the version of the endpoint', async () => {
  await listen()
  const customer = await newCustomer()
  const session = await stripe().checkout.sessions.create(
    paymentSession(5_000, { customer: customer.id, payment_intent_data: { setup_future_usage: 'off_session' } }),
  )
  await control(sandbox.url, 'POST', `/checkout/${session.id}/pay`, { card_number: '4242424242424242' })
  await until(() => listener.heard.length >= 6)
  expect(listener.types().sort()).toEqual(
    [
      'customer.created',
      'payment_intent.created',
      'payment_method.attached',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ].sort(),
  )
  expect(listener.heard.every(({ isGenuine, event }) => isGenuine && event.api_version === '2026-10-28.endive')).toBe(
    true,
  )
  const { data } = await stripe().events.list({ limit: 10 })
  expect(
    data
      .map(({ type }) => type)
      .reverse()
      .slice(0, 6),
  ).toEqual([
    'customer.created',
    'payment_intent.created',
    'payment_method.attached',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ])
})

test('an endpoint hears only what it asked for', async () => {
  await listen(['checkout.session.completed'])
  await newCustomer()
  expect(await deliveries()).toEqual([])
})

test('an endpoint that fails is asked again, later and later, for three days', async () => {
  await listen()
  listener.state.status = 500
  await newCustomer()
  for (let attempts = 1; attempts <= 10; attempts++) {
    await until(async () => (await deliveries())[0]!.attempts.length >= attempts)
    await control(sandbox.url, 'POST', '/clock', { advance_seconds: 90_000 })
  }
  await until(async () => (await deliveries())[0]!.state === 'failed')
  const [delivery] = await deliveries()
  expect(delivery!.attempts).toHaveLength(11)
  expect(delivery!.attempts.at(-1)).toMatchObject({ http_status: 500, error: 'answered 500' })
})

test('an endpoint that recovers hears the event a moment later', async () => {
  await listen()
  listener.state.status = 503
  const customer = await newCustomer()
  await until(() => listener.heard.length === 1)
  expect((await stripe().events.list({ delivery_success: false })).data).toHaveLength(1)
  listener.state.status = 200
  await until(() => listener.heard.length === 2)
  await until(async () => (await stripe().events.list({ delivery_success: true })).data.length === 1)
  expect(listener.heard[0]!.event.id).toBe(listener.heard[1]!.event.id)
  expect(listener.heard[1]!.event.data.object).toMatchObject({ id: customer.id })
})

describe('on request', () => {
  const set = (body: object) => control(sandbox.url, 'POST', '/deliveries', body)

  test('deliveries are held and released in any order, repeated', async () => {
    await listen()
    await set({ mode: 'hold' })
    for (let n = 0; n < 4; n++) await newCustomer()
    expect(listener.heard).toEqual([])
    const order = (await stripe().events.list()).data.map(({ id }) => id)
    expect(await control(sandbox.url, 'POST', '/deliveries/release', { order: 'reverse', repeat: 2 })).toEqual({
      released: 4,
    })
    expect(listener.heard.map(({ event }) => event.id)).toEqual(order.flatMap((id) => [id, id]))
  })

  test('a shuffled order is the same for the same seed', async () => {
    await listen()
    await set({ mode: 'hold' })
    for (let n = 0; n < 8; n++) await newCustomer()
    await control(sandbox.url, 'POST', '/deliveries/release', { order: 'shuffle', seed: 7 })
    const order = listener.heard.map(({ event }) => event.created)
    expect(order).toHaveLength(8)
    expect(await control(sandbox.url, 'POST', '/deliveries/release', {})).toEqual({ released: 0 })
  })

  test('a dropped event is lost until it is sent again by hand', async () => {
    await listen()
    await set({ mode: 'drop' })
    await newCustomer()
    await set({ mode: 'auto' })
    const [event] = (await stripe().events.list({ delivery_success: false })).data
    expect(listener.heard).toEqual([])
    await control(sandbox.url, 'POST', `/events/${event!.id}/resend`)
    expect(listener.types()).toEqual(['customer.created'])
  })

  test('deliveries are repeated, delayed by the sandbox clock, and forged', async () => {
    await listen()
    await set({ mode: 'auto', repeat: 3, delay_seconds: 600, bad_signature: true })
    await newCustomer()
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(listener.heard).toEqual([])
    await control(sandbox.url, 'POST', '/clock', { advance_seconds: 601 })
    await until(() => listener.heard.length === 3)
    expect(listener.heard.some(({ isGenuine }) => isGenuine)).toBe(false)
  })

  test('an endpoint of an older version gets what that version had', async () => {
    await listen()
    await set({ mode: 'auto', api_version: '2024-06-20' })
    const session = await stripe().checkout.sessions.create(
      paymentSession(5_000, { invoice_creation: { enabled: true } }),
    )
    const body = { card_number: '4242424242424242', email: 'ada@example.com' }
    await control(sandbox.url, 'POST', `/checkout/${session.id}/pay`, body)
    const find = (type: string) => listener.heard.find(({ event }) => event.type === type)
    await until(() => find('invoice.paid') !== undefined && find('checkout.session.completed') !== undefined)
    const { event, isGenuine } = find('invoice.paid')!
    expect([event.api_version, isGenuine]).toEqual(['2024-06-20', true])
    const intent = (await stripe().checkout.sessions.retrieve(session.id)).payment_intent
    expect(event.data.object).toMatchObject({ paid: true, payment_intent: intent })
    expect(event.data.object).not.toHaveProperty('total_taxes')
    expect(find('checkout.session.completed')!.event.data.object).toMatchObject({ ui_mode: 'hosted' })
    await expect(set({ mode: 'auto', api_version: 'latest' })).rejects.toThrow(/looks like/)
  })
})

describe('something odd', () => {
  const send = (kind: string, more: object = {}) =>
    control<{ sent: { http_status: number | null }[] }>(sandbox.url, 'POST', '/deliveries/odd', { kind, ...more })

  test('thin events, live events and large ones are signed and arrive', async () => {
    await listen()
    const customer = await newCustomer()
    await until(() => listener.heard.length === 1)
    for (const kind of ['thin_event', 'livemode', 'oversized']) {
      expect((await send(kind)).sent).toMatchObject([{ http_status: 200 }])
    }
    const [, thin, live, large] = listener.heard
    expect(listener.heard.every(({ isGenuine }) => isGenuine)).toBe(true)
    expect(thin!.event).toMatchObject({
      object: 'v2.core.event',
      related_object: { id: customer.id, url: `/v1/customers/${customer.id}` },
    })
    expect(thin!.event).not.toHaveProperty('data')
    expect(live!.event.livemode).toBe(true)
    expect(JSON.stringify(large!.event).length).toBeGreaterThan(256 * 1024)
  })

  test('an old timestamp and a body cut off are not genuine, or not readable', async () => {
    await listen()
    await newCustomer()
    await until(() => listener.heard.length === 1)
    const [event] = (await stripe().events.list({ limit: 1 })).data
    await send('old_timestamp', { event: event!.id })
    expect(listener.heard[1]).toMatchObject({ isGenuine: false, event: { id: event!.id } })
    await send('truncated')
    await send('not_json')
    expect(listener.unreadable).toEqual([{ isGenuine: false }, { isGenuine: true }])
    await expect(send('nonsense')).rejects.toThrow()
  })
})
