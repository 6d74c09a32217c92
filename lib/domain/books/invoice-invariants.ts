import type { Invariant } from './invariants'

const present = `(select now() + offset_ms * interval '1 millisecond' from clock where id = 1)`

/** Taken off an invoice `i`, in cents, by credit notes, those on their way included. */
const credited = `coalesce((select sum(n.amount_cents) from invoice_credit_notes n
  where n.account_id = i.account_id and n.invoice_id = i.invoice_id and n.state <> 'canceled'), 0)`

const takenBack = `'refund', 'promotion_returned', 'signup_credit_returned', 'dispute_frozen', 'dispute_lost'`

/** Post-paid: contracts, the credit limit, invoices, and what was paid for them. */
export const invoiceInvariants: Invariant[] = [
  {
    id: 'I23',
    title: 'an invoice is the sum of its lines, and its lines are of its usage to the nano',
    queries: () => [
      `select i.account_id, format('invoice %s of %s cents, its lines add up to %s', i.invoice_id, i.amount_cents, coalesce(l.total, 0)) as detail
         from invoices i
         left join (select account_id, invoice_id, sum(amount_cents) as total from invoice_lines group by account_id, invoice_id) l
           on l.account_id = i.account_id and l.invoice_id = i.invoice_id
        where i.amount_cents <> coalesce(l.total, 0) and (i.state <> 'intended' or l.total is not null)`,
      `select i.account_id, format('invoice %s has lines of %s nanos of usage, the transfers %s to %s say %s', i.invoice_id, l.used, i.from_seq + 1, i.through_seq, t.used) as detail
         from invoices i
         join (select account_id, invoice_id, sum(case when kind = 'usage' then amount else 0 end) as used
                 from invoice_lines group by account_id, invoice_id) l on l.account_id = i.account_id and l.invoice_id = i.invoice_id
         cross join lateral (
           select coalesce(sum(t.amount), 0) as used from transfers t
            where t.account_id = i.account_id and t.seq > i.from_seq and t.seq <= i.through_seq and t.kind = 'usage') t
        where l.used <> t.used`,
      `select account_id, format('invoice line %s/%s is %s cents for %s nanos', invoice_id, line, amount_cents, amount) as detail
         from invoice_lines where abs(amount_cents * 10000000::numeric - amount) >= 10000000`,
    ],
  },
  {
    id: 'B30',
    title:
      'usage of a post-paid account stays within its credit limit, but for what was recorded beyond it or taken back',
    queries: () => [
      `with bound as (
         select a.account_id, b.balance - b.held as left_over,
                greatest(a.credit_limit, coalesce((select k.credit_limit from contracts k where k.account_id = a.account_id
                                                    order by k.started_at desc limit 1), 0)) as allowed
           from accounts a join account_balances b on b.account_id = a.account_id
          where exists (select from contracts k where k.account_id = a.account_id))
       select account_id, format('balance less holds is %s, the credit limit %s', left_over, allowed) as detail
         from bound
        where left_over < -allowed
          and -left_over - allowed > (
            select coalesce(sum(amount), 0)
              from (select beyond_amount as amount from usage_events e where e.account_id = bound.account_id and beyond_amount is not null
                    union all select beyond_amount from retired_usage r where r.account_id = bound.account_id
                    union all select amount from transfers t where t.account_id = bound.account_id and t.kind in (${takenBack})) beyond)`,
    ],
  },
  {
    id: 'B31',
    title:
      'every invoice that was paid has one payment of its amount in the ledger, and no payment is of anything else',
    queries: () => [
      `select coalesce(i.account_id, t.account_id) as account_id,
              format('invoice %s: %s cents paid, %s nanos posted as transfer %s', coalesce(i.invoice_id::text, t.cause), coalesce(i.paid_cents::text, i.state, 'not ours'), coalesce(t.amount, 0), t.seq) as detail
         from (select account_id, invoice_id, state, paid_cents from invoices where paid_cents > 0) i
         full join (select account_id, seq, cause, amount from transfers where kind = 'invoice_payment' and kind <> 'usage') t
           on t.account_id = i.account_id and t.cause = 'invoice:' || i.invoice_id
        where i.invoice_id is null or t.seq is null or t.amount <> i.paid_cents * 10000000`,
    ],
  },
  {
    id: 'B32',
    title: 'invoices ask for no more than is outstanding, or credit notes are on their way',
    queries: () => [
      // What came in the last hour may still be on its way to a note.
      `select asking.account_id, format('invoices ask for %s cents, %s nanos are outstanding', asking.asked, greatest(-b.balance, 0)) as detail
         from (select i.account_id, sum(i.amount_cents - ${credited}) as asked, bool_or(i.state in ('open', 'uncollectible')) as is_creditable
                 from invoices i where i.state not in ('paid', 'void') group by i.account_id) asking
         join account_balances b on b.account_id = asking.account_id
        where asking.asked > greatest(-b.balance, 0) / 10000000 and asking.is_creditable
          and not exists (select from invoice_credit_notes n where n.account_id = b.account_id and n.state = 'intended')
          and not exists (select from transfers t where t.account_id = b.account_id and t.to_bucket = 'credit' and t.kind <> 'usage'
                             and t.posted_at > ${present} - interval '1 hour')`,
      `select i.account_id, format('%s cents are taken off invoice %s of %s', ${credited}, i.invoice_id, i.amount_cents) as detail
         from invoices i where ${credited} > i.amount_cents`,
    ],
  },
  {
    id: 'B33',
    title: 'an account is post-paid exactly while a contract is in force, with its credit limit',
    queries: () => [
      `select a.account_id, format('the account is %s with a credit limit of %s, its contract says %s', a.billing_mode, a.credit_limit, coalesce(k.credit_limit::text, 'nothing')) as detail
         from accounts a left join contracts k on k.account_id = a.account_id and k.ended_at is null
        where (a.billing_mode = 'postpaid') <> (k.contract_id is not null) or a.credit_limit <> coalesce(k.credit_limit, 0)`,
    ],
  },
  {
    id: 'B34',
    title: 'no transfer is on two invoices',
    queries: () => [
      `select i.account_id, format('invoices %s and %s are of the same transfers, up to %s and from %s', i.invoice_id, o.invoice_id, i.through_seq, o.from_seq + 1) as detail
         from invoices i join invoices o on o.account_id = i.account_id and o.invoice_id <> i.invoice_id
        where i.from_seq < o.through_seq and o.from_seq < i.through_seq and i.invoice_id < o.invoice_id`,
    ],
  },
  {
    id: 'B35',
    title: 'what is followed of an invoice is the one payment that paid it, for the credit that it posted',
    queries: () => [
      `select coalesce(p.account_id, i.account_id) as account_id,
              format('invoice %s is paid by %s; its payment is %s, for %s nanos and grant %s (%s of %s nanos)', coalesce(i.invoice_id, p.purchase_id), i.paid_by,
                     coalesce(p.payment_intent_id, 'not written down'), p.amount, p.grant_id, g.source, g.amount) as detail
         from (select * from invoices where paid_by = 'payment') i
         full join (select * from purchases where origin = 'invoice') p on p.account_id = i.account_id and p.purchase_id = i.invoice_id
         left join grants g on g.account_id = p.account_id and g.grant_id = p.grant_id
         left join transfers t on t.account_id = g.account_id and t.seq = g.transfer_seq
        where i.invoice_id is null or p.purchase_id is null or p.state <> 'paid' or g.amount is distinct from p.amount
           or t.kind is distinct from 'invoice_payment' or t.cause is distinct from 'invoice:' || p.purchase_id`,
    ],
  },
]
