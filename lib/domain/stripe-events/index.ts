/** Stripe's events: an inbox of hints. What they speak of is always read anew. */
export { readStripeAlarms, type StripeAlarms, watchStripeEvents } from './alarms'
export { type DeadEventDto, listDeadEvents, retryStripeEvent } from './dead-events'
export { processStripeEvent } from './process-stripe-event'
export { receiveStripeEvent } from './receive-stripe-event'
export { sweepStripeEvents } from './sweep-stripe-events'
