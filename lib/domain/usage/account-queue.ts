import { Refusal } from '@/lib/core/errors'
import { inTransaction, type Tx } from '@/lib/edges/db'

/** Waiting requests of one account in this process; more are turned away with a retry. */
const mostWaiting = 2000

const queues = new Map<string, { last: Promise<unknown>; waiting: number }>()

/**
 * Runs a transaction on an account after those that this process has begun for it before. The database orders the account's
 * transactions anyway (its row is locked); waiting here keeps one busy account from taking every connection.
 * @throws Refusal `temporarily_unavailable` when too many wait already: nothing was done.
 */
export async function inAccountTransaction<T>(accountId: string, body: (tx: Tx) => Promise<T>): Promise<T> {
  const queue = queues.get(accountId) ?? { last: Promise.resolve(), waiting: 0 }
  if (queue.waiting >= mostWaiting) {
    throw new Refusal('temporarily_unavailable', {
      message: 'Too many requests of this account are waiting. Nothing was charged. Retry in a moment.',
      retry_after_seconds: 1,
    })
  }
  queues.set(accountId, queue)
  queue.waiting += 1
  const turn = queue.last.then(() => inTransaction(body))
  queue.last = turn.catch(() => {})
  try {
    return await turn
  } finally {
    queue.waiting -= 1
    if (queue.waiting === 0) queues.delete(accountId)
  }
}
