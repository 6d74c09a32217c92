/** Stripe's events: an inbox of hints. What they speak of is always read anew. */
export { processStripeEvent } from './process-stripe-event'
export { receiveStripeEvent } from './receive-stripe-event'
export { sweepStripeEvents } from './sweep-stripe-events'
