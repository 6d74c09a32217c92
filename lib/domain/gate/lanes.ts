import { type GateRequest, Lane } from './lane'

/** Two lanes keep two cores busy; more of them make the batches smaller and the whole slower. */
const laneCount = () => Math.max(1, Number(process.env.GATE_LANES || 2))

let lanes: Lane[] = []

/**
 * Decides a request in its account's lane, in the order of arrival. The answer comes after the commit.
 * @throws what `decide` throws (Refusal, LimitReached); Refusal `not_found` without such an account; `temporarily_unavailable`
 *   when the database is away or too many requests wait: repeat it under the same key, nothing happens twice.
 */
export function inLane<T>(request: GateRequest<T>): Promise<T> {
  if (lanes.length === 0) lanes = Array.from({ length: laneCount() }, () => new Lane())
  return lanes[laneOf(request.accountId, lanes.length)]!.submit(request)
}

/** The last digits of an id are random, whoever made it. */
const laneOf = (accountId: string, count: number) => Number.parseInt(accountId.slice(-4), 16) % count || 0
