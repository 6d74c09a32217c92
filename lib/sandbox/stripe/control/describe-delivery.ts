import type { Delivery } from '../state/collections'

/** One line of the attempt log. */
export function describeDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    event: delivery.eventId,
    type: delivery.eventType,
    endpoint: delivery.endpointId,
    state: delivery.state,
    created: delivery.createdAt,
    next_attempt_at: delivery.state === 'pending' ? delivery.nextAttemptAt : null,
    attempts: delivery.attempts.map(({ at, httpStatus, error, durationMilliseconds }) => ({
      at,
      http_status: httpStatus,
      error,
      duration_milliseconds: durationMilliseconds,
    })),
  }
}
