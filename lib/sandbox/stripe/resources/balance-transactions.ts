import type Stripe from 'stripe'
import { noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const balanceTransactionRoutes: Routes = {
  'GET /v1/balance_transactions': list,
  'GET /v1/balance_transactions/{id}': ({ world, ids }: Call) => {
    const transaction = world.store.get('balanceTransactions', ids.id!)
    if (!transaction) throw noSuch('balance_transaction', ids.id!, 'id')
    return withStatus(transaction, world.clock.now())
  },
}

function list({ world, params }: Call<Stripe.BalanceTransactionListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'currency', 'source', 'type'])
  const now = world.clock.now()
  const transactions = world.store
    .newestFirst('balanceTransactions')
    .filter((transaction) => params.source === undefined || transaction.source === params.source)
    .filter((transaction) => params.type === undefined || transaction.type === params.type)
    .filter((transaction) => params.currency === undefined || transaction.currency === params.currency)
    .map((transaction) => withStatus(transaction, now))
  return listPage(transactions, params, '/v1/balance_transactions')
}

/** Money becomes available with time alone, so the status is told rather than kept. */
function withStatus(transaction: Stripe.BalanceTransaction, now: number): Stripe.BalanceTransaction {
  return { ...transaction, status: transaction.available_on <= now ? 'available' : 'pending' }
}
