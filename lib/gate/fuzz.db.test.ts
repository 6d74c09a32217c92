import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { anAccount, expectBooksToAgree, publishTestPrices } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { aGate, type TestGate } from '@/lib/testing/gate'
import { routes } from './routes'

aDatabaseInTest()
let gate: TestGate
let accountId: string

beforeAll(async () => {
  await publishTestPrices()
  gate = await aGate()
  accountId = (await anAccount({ bought: '1000.00', hasPaymentMethod: true })).accountId
})

afterAll(async () => {
  await gate.close()
  await expectBooksToAgree()
})

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer(),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u0000', '\ud800', '', '0', '-1', '1e3', null, [], {}, -0, 2 ** 53, 1e21, '9'.repeat(400)),
)

/** The value with something strange at one of its places, or a field too many. */
function spoiled(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return strange
  const children = Object.entries(value).map(([key, child]) =>
    spoiled(child).map((other) => (Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other })),
  )
  const withMore = fc.tuple(fc.string(), strange).map(([key, more]) => ({ ...value, [key]: more }))
  return fc.oneof(strange, withMore, ...children)
}

/** An example of the document, of an account that exists and under a key of its own. */
const own = (example: unknown) =>
  JSON.parse(JSON.stringify(example), (name, value) =>
    name === 'account_id' || name === 'subject' ? accountId : name === 'idempotency_key' ? newId() : value,
  )

test('whatever is sent, the answer is one of the documented ones and never our failure', async () => {
  const account = { account_id: accountId, idempotency_key: newId() }
  const hold = await gate.post('/v1/authorizations', { ...account, max_cost: '1', model: 'kimi-k2p7-code' })
  const lease = await gate.post('/v1/leases', { ...account, idempotency_key: newId(), amount: '1' })
  const ids = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(hold.body.id, lease.body.id) },
    fc.webSegment(),
    fc
      .string({ minLength: 1 })
      .map(encodeURIComponent)
      .filter((text) => !/^\.+$/.test(text)),
  )
  const call = fc.constantFrom(...routes).chain((route) => {
    const forms = [...(route.body?.forms ?? [])]
    const bodies = forms.flatMap(([type, { examples }]) =>
      Object.values(examples).map((example) => {
        const isLines = typeof example === 'string'
        const body = own(isLines ? JSON.parse(example) : example)
        return fc.oneof(fc.constant(body), spoiled(body)).map((sent) => ({ type, raw: JSON.stringify(sent) ?? '' }))
      }),
    )
    const body = bodies.length > 0 ? fc.oneof(...bodies) : fc.constant({ type: '', raw: undefined })
    return fc.record({ route: fc.constant(route), id: ids, sent: body, query: fc.option(fc.webQueryParameters()) })
  })
  let asked = 0
  await fc.assert(
    fc.asyncProperty(call, async ({ route, id, sent, query }) => {
      // A step to this or the upper folder is taken before it is sent: that would be another route.
      fc.pre(!/^(?:\.|%2e){1,2}$/i.test(id))
      const address = route.path.replace('{id}', id).replace('{account_id}', asked % 2 ? accountId : id)
      const answer = await gate.call(route.method, `${address}${query === null ? '' : `?${query}`}`, {
        ...(sent.raw === undefined ? {} : { raw: sent.raw, headers: { 'content-type': sent.type } }),
      })
      expect(answer.status).toBeLessThan(500)
      asked += 1
    }),
    { numRuns: 400 },
  )
  expect(asked).toBeGreaterThan(300)
}, 120_000)
