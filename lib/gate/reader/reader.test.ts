import { afterAll, describe, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { bodies } from '../bodies'
import type { BodyFacts, BodyHead } from '../form'
import { largeBytes } from '../read-body'
import { closeReader, readLarge } from '.'
import type { ReadOrder } from './orders'

afterAll(closeReader)

type Operation = ReadOrder['operation']

const json = 'application/json'
const account = '019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10'
const head = (query = '', headers: Record<string, string> = {}): BodyHead => ({
  query: new URLSearchParams(query),
  headers,
})

const event = (id: string) => ({ id, model: 'kimi-k2p7-code', input_tokens: 1200, output_tokens: 87 })
const cloudEvent = (id: string) => ({
  specversion: '1.0',
  type: 'purse.usage',
  source: '/gateway',
  id,
  subject: account,
  time: '2026-03-02T09:15:00+02:00',
  data: { model: 'kimi-k2p7-code', input_tokens: 5, cached_input_tokens: 1, output_tokens: 2 },
})
const mixed = [
  event('a'),
  { ...event('b'), account_id: account.toUpperCase(), occurred_at: '2026-03-02T09:15:00Z' },
  { ...event('c'), input_tokens: -1 },
  { ...event('d'), input_tokens: 0.5, output_tokens: 'x' },
  { ...event('hold:1') },
  { ...event('e'), __proto: 1, price: '0' },
  { ...event('f'), occurred_at: '2026-02-30T00:00:00Z' },
  ...[null, 5, 'x', [], {}, true],
]
const usage = (events: unknown, more: object = {}) => JSON.stringify({ account_id: account, events, ...more })
const long = 'x'.repeat(largeBytes)

const corpus: [name: string, operation: Operation, type: string, text: string | Uint8Array, head?: BodyHead][] = [
  ['a batch', 'recordUsage', json, usage(mixed)],
  ['a full batch', 'recordUsage', json, usage(Array.from({ length: 1000 }, (_, number) => event(`e-${number}`)))],
  ['one too many', 'recordUsage', json, usage(Array.from({ length: 1001 }, () => ({})))],
  [
    'account and policy of the query',
    'recordUsage',
    json,
    '{"events":[{}]}',
    head(`account_id=${account}&beyond_credit=record`),
  ],
  ['a query that does not fit', 'recordUsage', json, usage(mixed), head('account_id=x')],
  ['a parameter twice', 'recordUsage', json, usage(mixed), head('beyond_credit=record&beyond_credit=refuse')],
  ['a policy that is none', 'recordUsage', json, usage(mixed, { beyond_credit: 'maybe' })],
  ['no events', 'recordUsage', json, usage([])],
  ['a long stranger', 'recordUsage', json, usage([{ ...event('a'), [long]: 1 }, { id: long }, long])],
  [
    'a CloudEvent in binary mode',
    'recordUsage',
    json,
    JSON.stringify(cloudEvent('c').data),
    head('', {
      'ce-specversion': '1.0',
      'ce-type': 'purse.usage',
      'ce-source': '%2Fgateway',
      'ce-id': 'c',
      'ce-subject': account,
    }),
  ],
  [
    'lines',
    'recordUsage',
    'application/x-ndjson',
    `${mixed.map((one) => JSON.stringify(one)).join('\n')}\n{"a"\r\n\n{"a":1,"a":2}`,
  ],
  ['too many lines', 'recordUsage', 'application/x-ndjson', '{}\n'.repeat(1001)],
  ['no lines', 'recordUsage', 'application/x-ndjson', ' \n'.repeat(1001)],
  ['a deep line', 'recordUsage', 'application/x-ndjson', '['.repeat(200_000)],
  ['a CloudEvent', 'recordUsage', 'application/cloudevents+json', JSON.stringify(cloudEvent('d'))],
  [
    'CloudEvents',
    'recordUsage',
    'application/cloudevents-batch+json',
    JSON.stringify([cloudEvent('d'), { ...cloudEvent('e'), type: 'x' }, 5]),
  ],
  ['CloudEvents that are no list', 'recordUsage', 'application/cloudevents-batch+json', '{}'],
  ['empty', 'recordUsage', json, ''],
  ['blank', 'recordUsage', json, ' '.repeat(300_000)],
  ['a byte order mark and white space', 'recordUsage', json, `\ufeff \n${usage(mixed)}${' '.repeat(300_000)}`],
  ['cut off', 'recordUsage', json, usage(mixed).slice(0, -1)],
  ['cut off and long', 'recordUsage', json, usage(mixed, { [long]: 1 }).slice(0, -1)],
  ['a key twice', 'recordUsage', json, `{"events":[],"events":[],"x":"${long}"}`],
  ['a reserved key', 'recordUsage', json, `{"__proto__":{},"x":"${long}"}`],
  ['a million levels deep', 'recordUsage', json, '['.repeat(999_999)],
  ['deep behind many values', 'recordUsage', json, `[${'0,'.repeat(50_000)}${'['.repeat(50)}`],
  ['many values behind depth', 'recordUsage', json, `[${'['.repeat(50)}${'0,'.repeat(50_000)}`],
  ['no UTF-8', 'recordUsage', json, Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  [
    'an authorization',
    'authorize',
    json,
    JSON.stringify({ account_id: account, max_cost: '0.25', idempotency_key: 'k' }),
  ],
  [
    'a spoiled authorization',
    'authorize',
    json,
    JSON.stringify({ account_id: 'x', max_cost: 0.25, idempotency_key: long }),
  ],
  ['an extension', 'extendAuthorization', json, '{"max_cost":"1.5"}'],
  ['progress', 'reportProgress', json, '{"input_tokens":1,"output_tokens":1e3}'],
  ['a settlement', 'settleAuthorization', json, '{"input_tokens":1,"output_tokens":-0}'],
  ['a release with something in it', 'releaseAuthorization', json, '{"a":1}'],
  ['a lease', 'openLease', json, JSON.stringify({ account_id: account, amount: '5.00', expires_in_seconds: 1 })],
  ["a lease's batch", 'settleLease', json, JSON.stringify({ events: mixed, amount: '5.00' })],
  ['the release of a lease', 'releaseLease', json, '{}'],
]

/** In pieces as they come from the wire, of a size that cuts characters and numbers. */
function piecesOf(bytes: Buffer): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (let from = 0; from < bytes.length; from += 9973) pieces.push(Uint8Array.from(bytes.subarray(from, from + 9973)))
  return pieces
}

async function outcomeOf(read: () => unknown) {
  try {
    return { body: await read() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { code: error.code, message: error.message, facts: error.facts }
  }
}

function readHere(operation: Operation, type: string, bytes: Buffer, ofHead: BodyHead): unknown {
  const { forms }: BodyFacts<unknown> = bodies[operation]
  const { look, read } = forms[type]!.reader(ofHead)
  look?.(bytes)
  return read(bytes)
}

const readThere = (operation: Operation, type: string, bytes: Buffer, ofHead: BodyHead) =>
  readLarge({ operation, type, blocks: piecesOf(bytes) }, ofHead)

describe('read in the other thread, to the byte what it is read here', () => {
  test.each(corpus)('%s', async (_, operation, type, text, ofHead = head()) => {
    const bytes = Buffer.from(text)
    const here = await outcomeOf(() => readHere(operation, type, bytes, ofHead))
    expect(await outcomeOf(() => readThere(operation, type, bytes, ofHead))).toStrictEqual(here)
  })

  test('the corpus has bodies that are taken and bodies that are refused', async () => {
    const outcomes = corpus.map(([, operation, type, text, ofHead = head()]) =>
      outcomeOf(() => readHere(operation, type, Buffer.from(text), ofHead)),
    )
    const taken = (await Promise.all(outcomes)).filter((outcome) => 'body' in outcome).length
    expect(taken).toBeGreaterThan(10)
    expect(corpus.length - taken).toBeGreaterThan(10)
  })
})

const batch = Buffer.from(usage(mixed))
const refusal = { code: 'temporarily_unavailable', facts: { retry_after_seconds: 1 } }

test('a thread that ends has its requests answered, and the next one is read by another', async () => {
  const full = Buffer.from(usage(Array.from({ length: 1000 }, (_, number) => event(`e-${number}`))))
  const asked = Array.from({ length: 10 }, () => readThere('recordUsage', json, full, head()))
  void Promise.allSettled(asked)
  const answered = expect(asked.at(-1)).rejects.toMatchObject(refusal)
  await closeReader()
  await answered
  expect(await readThere('recordUsage', json, batch, head())).toHaveProperty('events.length', mixed.length)
})

test('when too many wait, the next is told to come back, and the others are read', async () => {
  const full = Array.from({ length: 16 }, () => readThere('recordUsage', json, batch, head()))
  await expect(readThere('recordUsage', json, batch, head())).rejects.toMatchObject(refusal)
  for (const body of await Promise.all(full)) expect(body).toHaveProperty('events.length', mixed.length)
})
