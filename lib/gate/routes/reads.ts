/** What is only read. */
import { getGateBalance } from '@/lib/domain/gate'
import { listPrices } from '@/lib/domain/prices'
import { parseAccountId } from '../public-ids'
import { get, type Route } from '../route'
import * as schemas from '../schemas'

const { examples } = schemas

export const reads: Route[] = [
  get(
    {
      path: '/v1/accounts/{account_id}/balance',
      operationId: 'getBalance',
      tag: 'Balance and prices',
      summary: 'The balance of an account at this moment',
      scope: 'balance:read',
      isForApiKeys: true,
      params: schemas.accountPath,
      answers: {
        200: {
          description: 'Balance, held and available credit',
          schema: schemas.balance,
          examples: { balance: examples.balance },
        },
      },
      refusals: ['not_found'],
    },
    async ({ actor, path }) => {
      const accountId = parseAccountId(path.account_id!)
      return { status: 200, body: { account_id: accountId, ...(await getGateBalance(actor, { accountId })) } }
    },
  ),

  get(
    {
      path: '/v1/prices',
      operationId: 'listPrices',
      tag: 'Balance and prices',
      summary: 'The price list in force',
      scope: null,
      answers: {
        200: {
          description: 'Money for one million tokens of each class',
          schema: schemas.prices,
          examples: { prices: examples.prices },
        },
      },
      refusals: [],
    },
    async () => ({ status: 200, body: { prices: (await listPrices()).map(priceDto) } }),
  ),

  get(
    {
      path: '/v1/health',
      operationId: 'getHealth',
      tag: 'Service',
      summary: 'Whether this process answers',
      description:
        'Says nothing of the database: a gate without one answers 503 to what needs it, and recovers by itself.',
      scope: null,
      answers: { 200: { description: 'It does', schema: schemas.health, examples: { ok: { ok: true } } } },
      refusals: [],
    },
    async () => ({ status: 200, body: { ok: true } }),
  ),
]

const priceDto = (price: Awaited<ReturnType<typeof listPrices>>[number]) => ({
  model: price.model,
  name: price.name,
  currency: price.currency,
  input_per_million: price.inputPerMillion,
  cached_input_per_million: price.cachedInputPerMillion,
  output_per_million: price.outputPerMillion,
})
