import type { Invariant } from './invariants'

/** The instant by which ages are measured: the demo's clock may be moved. */
const present = `(select now() + offset_ms * interval '1 millisecond' from clock where id = 1)`

const closedAttempt = `('succeeded', 'declined', 'canceled')`

/** The one or two credits that a paid purchase must have made: what was paid for, and what a promotion code paid for. B35 is of invoices. */
const boughtParts = `(
    select account_id, purchase_id, origin, 'purchase:' || purchase_id as cause, false as is_gift, grant_id,
           amount - coalesce(discount_cents, 0) * 10000000 as amount
      from purchases where state = 'paid' and origin <> 'invoice' and amount > coalesce(discount_cents, 0) * 10000000
    union all
    select account_id, purchase_id, origin, 'purchase:' || purchase_id, true, gift_grant_id, discount_cents * 10000000
      from purchases where state = 'paid' and discount_cents > 0
  )`

/** Money that comes in: purchases, automatic charges, and what Stripe says of them. */
export const purchaseInvariants: Invariant[] = [
  {
    id: 'I12',
    title: 'every paid purchase is credited once, its discount as a gift, and only paid ones are',
    queries: () => [
      `select coalesce(p.account_id, t.account_id) as account_id,
                 format('%s of purchase %s is %s nanos, transfer %s %s of cause %s', case when p.is_gift then 'gift' else 'paid part' end,
                   p.purchase_id, p.amount, t.kind, coalesce(t.seq::text, 'missing'), t.cause) as detail
            from ${boughtParts} p
            full join (select *, kind = 'promotion' as is_gift from transfers
                        where kind in ('purchase', 'auto_top_up') or (kind = 'promotion' and cause like 'purchase:%')) t
              on t.account_id = p.account_id and t.cause = p.cause and t.is_gift = p.is_gift
           where p.purchase_id is null or t.seq is null
              or t.kind <> case when p.is_gift then 'promotion' when p.origin = 'auto_top_up' then 'auto_top_up' else 'purchase' end`,
    ],
  },
  {
    id: 'I13',
    title: 'no payment at Stripe is credited twice',
    queries: () => [
      `select min(account_id::text)::uuid as account_id, format('payment %s is behind %s purchases', payment_intent_id, count(*)) as detail
            from purchases where state = 'paid' and payment_intent_id is not null
           group by payment_intent_id having count(*) > 1`,
    ],
  },
  {
    id: 'I14',
    title: 'what was paid is what was ordered: subtotal, discount, tax and total agree, and the discount was offered',
    queries: () => [
      `select account_id, format('purchase %s of %s nanos: subtotal %s, discount %s, tax %s, total %s cents, page %s', purchase_id, amount, subtotal_cents, discount_cents, tax_cents, total_cents, page_terms) as detail
            from purchases
           where state = 'paid' and (subtotal_cents is null or total_cents is null or subtotal_cents * 10000000 <> amount
             or total_cents <> subtotal_cents - coalesce(discount_cents, 0) + coalesce(tax_cents, 0)
             or coalesce(discount_cents, 0) not between 0 and subtotal_cents or coalesce(tax_cents, 0) < 0
             or (discount_cents > 0 and not coalesce(page_terms @> '{"promotionCodes": true}', false))
             or (total_cents > 0) <> (payment_intent_id is not null))`,
    ],
  },
  {
    id: 'I15',
    title: 'the credit posted is the credit bought and the gift the discount, and the grants say the same',
    queries: () => [
      `select p.account_id, format('%s of purchase %s is %s nanos: transfer %s, grant %s of %s', case when p.is_gift then 'gift' else 'paid part' end,
                   p.purchase_id, p.amount, t.amount, g.source, g.amount) as detail
            from ${boughtParts} p
            join transfers t on t.account_id = p.account_id and t.cause = p.cause
              and t.kind in ('purchase', 'auto_top_up', 'promotion') and (t.kind = 'promotion') = p.is_gift
            left join grants g on g.account_id = p.account_id and g.grant_id = p.grant_id
           where t.amount <> p.amount or g.amount is distinct from p.amount or g.transfer_seq is distinct from t.seq
              or g.source is distinct from case when p.is_gift then 'promotion' when p.origin = 'auto_top_up' then 'auto_top_up' else 'purchase' end`,
      `select account_id, format('purchase %s of a gift alone names grant %s, its gift is %s', purchase_id, grant_id, gift_grant_id) as detail
            from purchases
           where state = 'paid' and coalesce(discount_cents, 0) * 10000000 >= amount and grant_id is distinct from gift_grant_id`,
    ],
  },
  {
    id: 'I18',
    title: 'one automatic charge in flight for each account',
    queries: () => [
      `select account_id, format('%s attempts are in flight', count(*)) as detail
            from auto_top_up_attempts where state not in ${closedAttempt} group by account_id having count(*) > 1`,
    ],
  },
  {
    id: 'I19',
    title: 'an automatic top-up succeeded exactly when its purchase is paid, for the same amount',
    queries: () => [
      `select a.account_id, format('attempt %s is %s, purchase %s is %s', a.attempt_id, a.state, p.purchase_id, p.state) as detail
            from auto_top_up_attempts a join purchases p using (account_id, purchase_id)
           where (a.state = 'succeeded') <> (p.state = 'paid') or a.amount <> p.amount or p.origin <> 'auto_top_up'`,
    ],
  },
  {
    id: 'I21',
    title: 'no attempt stays unknown longer than the life of its idempotency key',
    queries: () => [
      `select account_id, format('attempt %s is %s since %s', attempt_id, state, created_at) as detail
            from auto_top_up_attempts where state in ('charging', 'unknown') and created_at < ${present} - interval '24 hours'`,
    ],
  },
  {
    id: 'I27',
    title: 'every decline by a bank is counted against the card that was charged',
    queries: () => [
      `select t.account_id, format('attempt %s on card %s is %s, counted against %s', coalesce(t.attempt_id, c.attempt_id), t.card, t.state, c.fingerprint) as detail
            from card_declines c
            full join auto_top_up_attempts t on t.attempt_id = c.attempt_id
           where (c.attempt_id is not null and (t.attempt_id is null or t.card <> c.fingerprint or t.state in ('charging', 'unknown')))
              or (c.attempt_id is null and t.state = 'declined' and t.payment_intent_id is not null)`,
    ],
  },
  {
    id: 'I24',
    title: "no event of Stripe's waits longer than 15 minutes, and processed ones say when",
    queries: () => [
      `select null::uuid as account_id, format('event %s (%s) is %s since %s', event_id, type, status, received_at) as detail
            from stripe_events
           where (status = 'received' and received_at < ${present} - interval '15 minutes') or status = 'dead'
              or (status = 'processed') <> (processed_at is not null)`,
    ],
  },
  {
    id: 'I25',
    title: 'live and test money never meet',
    queries: () => [
      `select null::uuid as account_id, format('%s paid purchases in live mode, %s in test mode', live, test) as detail
            from (select count(*) filter (where livemode) as live, count(*) filter (where not livemode) as test
                    from purchases where state = 'paid') modes
           where live > 0 and test > 0`,
    ],
  },
]
