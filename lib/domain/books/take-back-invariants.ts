import type { Invariant } from './invariants'

/** What a payment brought, by purchase: the grants that it became, and the money with its tax. */
const payments = `select p.account_id, p.purchase_id, coalesce(p.total_cents, 0) as total_cents,
         case when p.state = 'paid' and p.grant_id is distinct from p.gift_grant_id then coalesce(paid.amount, 0) else 0 end as credit,
         case when p.state = 'paid' then coalesce(gift.amount, 0) else 0 end as gift
    from purchases p
    left join grants paid on paid.account_id = p.account_id and paid.grant_id = p.grant_id
    left join grants gift on gift.account_id = p.account_id and gift.grant_id = p.gift_grant_id`

const isActive = `state in ('requested', 'pending', 'succeeded')`
const isTaken = `status in ('lost', 'appeal_needs_response', 'appeal_under_review')`
const isOver = `status in ('won', 'warning_needs_response', 'warning_under_review', 'warning_closed', 'prevented')`
/** Frozen by its word, or, for a word that was not known when this was written, by the money that was withdrawn. */
const isFrozen = `(not (${isTaken}) and not (${isOver}) and (status in ('needs_response', 'under_review') or withdrawn_cents > 0))`

/** Refunds and disputes in the order in which they reach for a payment, each with what was reached for before it. */
const claims = `select c.*, p.total_cents, p.credit as paid_credit, p.gift as paid_gift,
         least(coalesce(sum(c.reach) over (partition by c.account_id, c.purchase_id order by c.class, c.id
                                            rows between unbounded preceding and 1 preceding), 0), p.total_cents) as before,
         least(sum(c.reach) over (partition by c.account_id, c.purchase_id order by c.class, c.id), p.total_cents) as after
    from (select account_id, purchase_id, 1 as class, refund_id as id, amount_cents,
                 case when ${isActive} then amount_cents else 0 end as reach, credit as taken, 0::bigint as frozen, gift,
                 ${isActive} as is_taken, false as is_frozen, state as status
            from refunds
          union all
          select account_id, purchase_id, 2, dispute_id, amount_cents,
                 case when (${isTaken}) or ${isFrozen} then amount_cents else 0 end, taken, frozen, gift,
                 (${isTaken}), ${isFrozen}, status
            from disputes) c
    join (${payments}) p on p.account_id = c.account_id and p.purchase_id = c.purchase_id`

/** The part of a whole that stands for returned cents: rounded down to the nano. */
const partOf = (whole: string, cents: string) =>
  `case when total_cents > 0 then div(${whole}::numeric * ${cents}, total_cents) else 0 end`

const expected = `(${partOf('paid_credit', 'after')} - ${partOf('paid_credit', 'before')})`
const share = `case when is_taken then ${partOf('paid_gift', 'after')} - ${partOf('paid_gift', 'before')} else 0 end`

/** What others than refunds and disputes have drawn from a grant `g`: usage, its end in time, a debt. It never shrinks. */
const used = `(select coalesce(sum(d.amount), 0) from grant_draws d
    join transfers t on t.account_id = d.account_id and t.seq = d.transfer_seq
   where d.account_id = g.account_id and d.grant_id = g.grant_id and split_part(t.cause, ':', 1) not in ('refund', 'dispute'))`

/** What the transfers of a cause moved, with the sign of taking. */
const moved = (concept: 'refund' | 'dispute', columns: Record<string, [taking: string, returning: string]>) =>
  `select account_id, split_part(split_part(cause, ':', 2), '/', 1)::uuid as id, count(*) as movements,
          ${Object.entries(columns)
            .map(
              ([name, [taking, returning]]) =>
                `coalesce(sum(amount) filter (where kind = '${taking}'), 0) - coalesce(sum(amount) filter (where kind = '${returning}'), 0) as ${name}`,
            )
            .join(', ')}
     from transfers where kind <> 'usage' and cause like '${concept}:%' group by 1, 2`

/** What refunds and disputes take back of credit. */
export const takeBackInvariants: Invariant[] = [
  {
    id: 'I16',
    title: 'refunds never return more than was paid, and the credit of each that counts is taken back exactly once',
    queries: () => [
      `select r.account_id, format('purchase %s of %s cents: refunds return %s', r.purchase_id, p.total_cents, r.returned) as detail
         from (select account_id, purchase_id, sum(amount_cents) as returned from refunds where ${isActive} group by 1, 2) r
         join purchases p on p.account_id = r.account_id and p.purchase_id = r.purchase_id
        where r.returned > coalesce(p.total_cents, 0)`,
      `select coalesce(r.account_id, t.account_id) as account_id,
              format('refund %s says credit %s, gift %s in %s movements; its transfers say %s, %s in %s', coalesce(r.refund_id, t.id),
                     r.credit, r.gift, r.movements, t.credit, t.gift, t.movements) as detail
         from refunds r
         full join (${moved('refund', { credit: ['refund', 'refund_reversed'], gift: ['promotion_returned', 'promotion'] })}) t
           on t.account_id = r.account_id and t.id = r.refund_id
        where r.refund_id is null or r.credit <> coalesce(t.credit, 0) or r.gift <> coalesce(t.gift, 0)
           or r.movements <> coalesce(t.movements, 0)`,
      `select account_id, format('refund %s of %s cents is %s: %s taken instead of %s, %s of the gift', id, amount_cents, status, taken, ${expected}, gift) as detail
         from (${claims}) c
        where class = 1 and (taken <> case when is_taken then ${expected} else 0 end
           or gift > ${share})`,
      `select account_id, format('refund %s is %s without being known at Stripe', refund_id, state) as detail
         from refunds where stripe_refund_id is null and state not in ('requested', 'failed')`,
    ],
  },
  {
    id: 'I17',
    title:
      'a dispute freezes or takes back what its status demands, and with the refunds never more than was paid, nor less of a gift than its unused share',
    queries: () => [
      `select coalesce(d.account_id, t.account_id) as account_id,
              format('dispute %s says frozen %s, taken %s, gift %s in %s movements; its transfers say %s, %s, %s in %s', coalesce(d.dispute_id, t.id),
                     d.frozen, d.taken, d.gift, d.movements, t.frozen, t.taken, t.gift, t.movements) as detail
         from disputes d
         full join (${moved('dispute', {
           frozen: ['dispute_frozen', 'dispute_released'],
           taken: ['dispute_lost', 'dispute_won_back'],
           gift: ['promotion_returned', 'promotion'],
         })}) t on t.account_id = d.account_id and t.id = d.dispute_id
        where d.dispute_id is null or d.frozen <> coalesce(t.frozen, 0) or d.taken <> coalesce(t.taken, 0)
           or d.gift <> coalesce(t.gift, 0) or d.movements <> coalesce(t.movements, 0)`,
      `select account_id, format('dispute %s of %s cents is %s: %s taken, %s frozen of %s, %s of the gift', id, amount_cents, status, taken, frozen, ${expected}, gift) as detail
         from (${claims}) c
        where class = 2 and (taken <> case when is_taken then ${expected} else 0 end
           or frozen > case when is_frozen then ${expected} else 0 end
           or gift > ${share})`,
      `select s.account_id, format('purchase %s: %s of its gift of %s was returned, its share is %s and %s was used', s.purchase_id, s.returned, g.amount, s.share, ${used}) as detail
         from (select account_id, purchase_id, sum(gift) as returned, sum(${share}) as share
                 from (${claims}) c where paid_gift > 0 group by account_id, purchase_id) s
         join purchases p on p.account_id = s.account_id and p.purchase_id = s.purchase_id
         join grants g on g.account_id = p.account_id and g.grant_id = p.gift_grant_id
        where s.returned < least(s.share, g.amount - ${used})`,
      `select account_id, format('purchase %s brought %s: %s was taken back or frozen', purchase_id, paid_credit, sum(taken + frozen)) as detail
         from (${claims}) c group by account_id, purchase_id, paid_credit, paid_gift
        having sum(taken + frozen) > paid_credit or sum(gift) > paid_gift`,
    ],
  },
]
