/**
 * What must hold in the books at any moment: each invariant is one query that returns the rows that break it, as
 * (account_id, detail). Numbered I… where the ledger literature's usual list has it, B… where it is our own.
 */
export interface Invariant {
  id: string
  title: string
  sql: string
}

/** The instant by which ages are measured: the demo's clock may be moved. */
const present = `(select now() + offset_ms * interval '1 millisecond' from clock where id = 1)`

const signed = `case when t.to_bucket = 'credit' then t.amount else -t.amount end`

const closedAttempt = `('succeeded', 'declined', 'canceled')`

export const invariants: Invariant[] = [
  {
    id: 'I01',
    title: 'every transfer moves a positive amount between two different buckets, of a kind on the allow-list',
    sql: `select account_id, format('transfer %s: %s from %s to %s, %s nanos', seq, kind, from_bucket, to_bucket, amount) as detail
            from transfers
           where amount <= 0 or from_bucket = to_bucket or (kind, from_bucket, to_bucket) not in (
             ('signup_credit', 'promotions', 'credit'), ('purchase', 'payments', 'credit'),
             ('auto_top_up', 'payments', 'credit'), ('usage', 'credit', 'revenue'))`,
  },
  {
    id: 'I02',
    title: 'no cause is posted twice',
    sql: `select account_id, format('%s %s is posted %s times', kind, cause, count(*)) as detail
            from transfers group by account_id, kind, cause having count(*) > 1`,
  },
  {
    id: 'I03',
    title: 'trial balance: what customers own is what came in from payments and promotions less what was earned',
    sql: `select null::uuid as account_id, format('%s: customers own %s, the house buckets say %s', currency, owned, house) as detail
            from (
              select b.currency, sum(b.balance) as owned, coalesce((
                select sum(case when t.from_bucket in ('payments', 'promotions') then t.amount else 0 end)
                     - sum(case when t.to_bucket = 'revenue' then t.amount else 0 end)
                  from transfers t where t.currency = b.currency), 0) as house
                from account_balances b group by b.currency) totals
           where owned <> house`,
  },
  {
    id: 'I04',
    title: 'the balance is the sum of its transfers',
    sql: `select b.account_id, format('balance %s, transfers add up to %s', b.balance, coalesce(sum(${signed}), 0)) as detail
            from account_balances b left join transfers t on t.account_id = b.account_id
           group by b.account_id having b.balance <> coalesce(sum(${signed}), 0)`,
  },
  {
    id: 'I05',
    title: "an account's transfers are numbered 1, 2, 3 … without a gap",
    sql: `select b.account_id, format('last number %s, %s transfers, highest %s', b.last_seq, count(t.seq), coalesce(max(t.seq), 0)) as detail
            from account_balances b left join transfers t on t.account_id = b.account_id
           group by b.account_id having b.last_seq <> count(t.seq) or b.last_seq <> coalesce(max(t.seq), 0)
              or coalesce(min(t.seq), 1) <> 1`,
  },
  {
    id: 'I06',
    title: 'every running balance follows from the one before it',
    sql: `select account_id, format('transfer %s says %s, it should be %s', seq, balance_after, running) as detail
            from (select t.account_id, t.seq, t.balance_after,
                         sum(${signed}) over (partition by t.account_id order by t.seq) as running
                    from transfers t) chain
           where balance_after <> running`,
  },
  {
    id: 'I07',
    title: 'one currency for each account',
    sql: `select x.account_id, format('%s in %s, the account is in %s', x.what, x.currency, a.currency) as detail
            from (select account_id, 'balance' as what, currency from account_balances
                  union all select account_id, 'transfer ' || seq, currency from transfers
                  union all select account_id, 'grant ' || grant_id, currency from grants
                  union all select account_id, 'purchase ' || purchase_id, currency from purchases
                  union all select account_id, 'usage event ' || event_id, currency from usage_events) x
            join accounts a on a.account_id = x.account_id
           where x.currency <> a.currency`,
  },
  {
    id: 'I08',
    title: 'a balance goes below zero only by usage that was recorded in full beyond its hold',
    sql: `with covered as (
            select t.account_id, t.seq, t.amount - coalesce(sum(d.amount), 0) as uncovered
              from transfers t left join grant_draws d on d.account_id = t.account_id and d.transfer_seq = t.seq
             where t.kind = 'usage' group by t.account_id, t.seq, t.amount),
          beyond as (select account_id, sum(beyond_amount) as allowed from usage_events group by account_id)
          select c.account_id, format('%s nanos of usage were covered by no grant, %s were recorded beyond a hold', sum(c.uncovered), coalesce(max(b.allowed), 0)) as detail
            from covered c left join beyond b on b.account_id = c.account_id
           group by c.account_id having sum(c.uncovered) > coalesce(max(b.allowed), 0)`,
  },
  {
    id: 'I09',
    title: 'held credit is the sum of the open holds',
    sql: `select b.account_id, format('held %s, open holds add up to %s', b.held, coalesce(sum(h.amount), 0)) as detail
            from account_balances b left join holds h on h.account_id = b.account_id and h.state = 'open'
           group by b.account_id having b.held <> coalesce(sum(h.amount), 0)`,
  },
  {
    id: 'I10',
    title: 'what is left of a grant is its amount less what was drawn from it',
    sql: `select g.account_id, format('grant %s: %s left of %s, %s drawn', g.grant_id, g.remaining, g.amount, coalesce(sum(d.amount), 0)) as detail
            from grants g left join grant_draws d on d.account_id = g.account_id and d.grant_id = g.grant_id
           group by g.account_id, g.grant_id having g.remaining <> g.amount - coalesce(sum(d.amount), 0)`,
  },
  {
    id: 'I11',
    title: 'the balance, when it is no debt, is the sum of what grants have left',
    sql: `select b.account_id, format('balance %s, grants have %s left', b.balance, coalesce(sum(g.remaining), 0)) as detail
            from account_balances b left join grants g on g.account_id = b.account_id
           group by b.account_id having greatest(b.balance, 0) <> coalesce(sum(g.remaining), 0)`,
  },
  {
    id: 'I12',
    title: 'every paid purchase is credited once, and only paid ones are',
    sql: `select coalesce(p.account_id, t.account_id) as account_id,
                 format('purchase %s is %s, transfer %s', p.purchase_id, p.state, coalesce(t.seq::text, 'missing')) as detail
            from (select * from purchases where state = 'paid') p
            full join (select * from transfers where kind in ('purchase', 'auto_top_up')) t
              on t.account_id = p.account_id and t.cause = 'purchase:' || p.purchase_id
           where p.purchase_id is null or t.seq is null
              or t.kind <> case p.origin when 'auto_top_up' then 'auto_top_up' else 'purchase' end`,
  },
  {
    id: 'I13',
    title: 'no payment at Stripe is credited twice',
    sql: `select min(account_id::text)::uuid as account_id, format('payment %s is behind %s purchases', payment_intent_id, count(*)) as detail
            from purchases where state = 'paid' and payment_intent_id is not null
           group by payment_intent_id having count(*) > 1`,
  },
  {
    id: 'I14',
    title: 'what was paid is what was ordered: subtotal, discount, tax and total agree',
    sql: `select account_id, format('purchase %s of %s nanos: subtotal %s, discount %s, tax %s, total %s cents', purchase_id, amount, subtotal_cents, discount_cents, tax_cents, total_cents) as detail
            from purchases
           where state = 'paid' and (subtotal_cents is null or total_cents is null or subtotal_cents * 10000000 <> amount
             or total_cents <> subtotal_cents - coalesce(discount_cents, 0) + coalesce(tax_cents, 0))`,
  },
  {
    id: 'I15',
    title: 'the credit posted is the credit bought, and the grant says the same',
    sql: `select p.account_id, format('purchase %s of %s: transfer %s, grant %s', p.purchase_id, p.amount, t.amount, g.amount) as detail
            from purchases p
            join transfers t on t.account_id = p.account_id and t.cause = 'purchase:' || p.purchase_id
            left join grants g on g.account_id = p.account_id and g.grant_id = p.grant_id
           where p.state = 'paid' and (t.amount <> p.amount or g.amount is distinct from p.amount or g.transfer_seq <> t.seq)`,
  },
  {
    id: 'I18',
    title: 'one automatic charge in flight for each account',
    sql: `select account_id, format('%s attempts are in flight', count(*)) as detail
            from auto_top_up_attempts where state not in ${closedAttempt} group by account_id having count(*) > 1`,
  },
  {
    id: 'I19',
    title: 'an automatic top-up succeeded exactly when its purchase is paid, for the same amount',
    sql: `select a.account_id, format('attempt %s is %s, purchase %s is %s', a.attempt_id, a.state, p.purchase_id, p.state) as detail
            from auto_top_up_attempts a join purchases p using (account_id, purchase_id)
           where (a.state = 'succeeded') <> (p.state = 'paid') or a.amount <> p.amount or p.origin <> 'auto_top_up'`,
  },
  {
    id: 'I21',
    title: 'no attempt stays unknown longer than the life of its idempotency key',
    sql: `select account_id, format('attempt %s is %s since %s', attempt_id, state, created_at) as detail
            from auto_top_up_attempts where state in ('charging', 'unknown') and created_at < ${present} - interval '24 hours'`,
  },
  {
    id: 'I22',
    title: 'every usage event is charged once: the events of a usage transfer add up to it',
    sql: `with charged as (select account_id, transfer_seq, sum(amount) as total from usage_events where amount > 0 group by 1, 2),
               posted as (select account_id, seq, amount from transfers where kind = 'usage')
          select coalesce(p.account_id, c.account_id) as account_id,
                 format('transfer %s moves %s, its events cost %s', coalesce(p.seq, c.transfer_seq), p.amount, c.total) as detail
            from charged c full join posted p on p.account_id = c.account_id and p.seq = c.transfer_seq
           where c.total is distinct from p.amount`,
  },
  {
    id: 'I24',
    title: "no event of Stripe's waits longer than 15 minutes, and processed ones say when",
    sql: `select null::uuid as account_id, format('event %s (%s) is %s since %s', event_id, type, status, received_at) as detail
            from stripe_events
           where (status = 'received' and received_at < ${present} - interval '15 minutes') or status = 'dead'
              or (status = 'processed') <> (processed_at is not null)`,
  },
  {
    id: 'I25',
    title: 'live and test money never meet',
    sql: `select null::uuid as account_id, format('%s paid purchases in live mode, %s in test mode', live, test) as detail
            from (select count(*) filter (where livemode) as live, count(*) filter (where not livemode) as test
                    from purchases where state = 'paid') modes
           where live > 0 and test > 0`,
  },
  {
    id: 'I26',
    title: 'no hold stays open after its time',
    sql: `select account_id, format('hold %s expired at %s', hold_id, expires_at) as detail
            from holds where state = 'open' and expires_at < ${present} - interval '5 minutes'`,
  },
  {
    id: 'B01',
    title: 'the hash chain of every account is unbroken up to its head',
    sql: `with chain as (
            select t.*, lag(hash, 1, decode(repeat('00', 32), 'hex')) over (partition by account_id order by seq) as previous
              from transfers t)
          select account_id, format('transfer %s does not match its hash', seq) as detail
            from chain
           where hash <> sha256(convert_to(concat_ws(E'\\n', 'purse.transfer.v1', encode(previous, 'hex'), account_id, seq, kind, cause,
                   from_bucket, to_bucket, amount, currency, balance_after,
                   to_char(posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8'))
          union all
          select b.account_id, format('the head of the chain is not the hash of transfer %s', b.last_seq)
            from account_balances b left join transfers t on t.account_id = b.account_id and t.seq = b.last_seq
           where b.last_hash <> coalesce(t.hash, decode(repeat('00', 32), 'hex'))`,
  },
  {
    id: 'B02',
    title: 'the daily rollup is the sum of the events',
    sql: `with events as (
            select e.account_id, (e.recorded_at at time zone p.time_zone)::date as day, e.model, count(*) as events,
                   sum(e.input_tokens) as input, sum(e.cached_input_tokens) as cached, sum(e.output_tokens) as output, sum(e.amount) as amount
              from usage_events e
              join budgets b on b.account_id = e.account_id and b.scope = 'account'
              join budget_periods p on p.account_id = b.account_id and p.budget_id = b.budget_id
               and e.recorded_at >= p.starts_at and e.recorded_at < p.ends_at
             group by 1, 2, 3)
          select coalesce(e.account_id, d.account_id) as account_id,
                 format('%s %s: rollup %s for %s events, events add up to %s for %s', coalesce(e.day, d.day), coalesce(e.model, d.model), d.amount, d.events, e.amount, e.events) as detail
            from events e full join usage_days d on d.account_id = e.account_id and d.day = e.day and d.model = e.model
           where (e.events, e.input, e.cached, e.output, e.amount)
                 is distinct from (d.events, d.input_tokens::numeric, d.cached_input_tokens::numeric, d.output_tokens::numeric, d.amount::numeric)`,
  },
  {
    id: 'B03',
    title: "a month's spend is the sum of its usage",
    sql: `select p.account_id, format('%s: spent %s, usage adds up to %s', p.period, p.spent, coalesce(sum(t.amount), 0)) as detail
            from budget_periods p
            join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id and b.scope = 'account'
            left join transfers t on t.account_id = p.account_id and t.kind = 'usage' and t.posted_at >= p.starts_at and t.posted_at < p.ends_at
           group by p.account_id, p.budget_id, p.period having p.spent <> coalesce(sum(t.amount), 0)`,
  },
  {
    id: 'B04',
    title: 'a settled hold has one event, for what it was charged; no other hold has any',
    sql: `select h.account_id, format('hold %s is %s for %s, its events: %s for %s', h.hold_id, h.state, h.charged, count(e.event_id), sum(e.amount)) as detail
            from holds h left join usage_events e on e.account_id = h.account_id and e.event_id = 'hold:' || h.hold_id
           group by h.account_id, h.hold_id
          having (h.state = 'settled' and (count(e.event_id) <> 1 or sum(e.amount) <> h.charged))
              or (h.state <> 'settled' and count(e.event_id) > 0)`,
  },
  {
    id: 'B05',
    title: 'every account has its balance row and its monthly budget, and signup credit at most once',
    sql: `select a.account_id, format('balance rows %s, monthly budgets %s, signup credits %s', balances, budgets, signups) as detail
            from (select a.account_id,
                         (select count(*) from account_balances b where b.account_id = a.account_id) as balances,
                         (select count(*) from budgets b where b.account_id = a.account_id and b.scope = 'account' and b."window" = 'monthly') as budgets,
                         (select count(*) from transfers t where t.account_id = a.account_id and t.kind = 'signup_credit') as signups
                    from accounts a) a
           where balances <> 1 or budgets <> 1 or signups > 1`,
  },
  {
    id: 'B06',
    title: "the database's own guards are in force",
    sql: `select null::uuid as account_id, format('table %s has %s of its 2 append-only guards', name, count(t.tgname)) as detail
            from unnest(array['transfers', 'grant_draws', 'usage_events', 'audit_entries', 'prices']) as name
            left join pg_trigger t on t.tgrelid = name::regclass and t.tgname in (name || '_append_only', name || '_no_truncate') and t.tgenabled in ('O', 'A')
           group by name having count(t.tgname) < 2
          union all
          select null, format('constraint %s of %s is not in force', conname, conrelid::regclass)
            from pg_constraint where contype = 'c' and not convalidated and connamespace = 'public'::regnamespace`,
  },
]
