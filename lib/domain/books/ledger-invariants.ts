import { transferKinds } from '../ledger/rules'
import type { Invariant } from './invariants'
import { inShares } from './parts'

const signed = `case when t.to_bucket = 'credit' then t.amount else -t.amount end`

/** Transfers in blocks of a thousand, so that a share of them holds whole stretches of a history. */
const block = (seq: string) => `uuid_hash(account_id) + (${seq}) / 1000`

/** Kinds that take credit of a grant back, and those that draw on grants, or return to them, for another reason than usage. */
const takenBack = `'refund', 'promotion_returned', 'signup_credit_returned', 'dispute_frozen', 'dispute_lost'`
const movedBesides = `${takenBack}, 'refund_reversed', 'dispute_released', 'dispute_won_back', 'promotion', 'expiry'`

const isoTime = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const noHash = `decode(repeat('00', 32), 'hex')`

/** The double entry itself: transfers, balances, grants and what was drawn from them. */
export const ledgerInvariants: Invariant[] = [
  {
    id: 'I01',
    title: 'every transfer moves a positive amount between two different buckets, of a kind on the allow-list',
    queries: () => [
      `select account_id, format('transfer %s: %s from %s to %s, %s nanos', seq, kind, from_bucket, to_bucket, amount) as detail
         from transfers
        where amount <= 0 or from_bucket = to_bucket or (kind, from_bucket, to_bucket) not in (
          ${Object.entries(transferKinds)
            .map(([kind, [from, to]]) => `('${kind}', '${from}', '${to}')`)
            .join(', ')})`,
    ],
  },
  {
    id: 'I02',
    title: 'no cause is posted twice',
    queries: ({ transferShares }) =>
      inShares(
        transferShares,
        (share) =>
          `select account_id, format('%s %s is posted %s times', kind, cause, count(*)) as detail
             from transfers where ${share('hashtext(cause)')} group by account_id, kind, cause having count(*) > 1`,
      ),
  },
  {
    id: 'I03',
    title: 'trial balance: what customers own is what the house buckets gave less what they took',
    queries: () => [
      `select null::uuid as account_id, format('%s: customers own %s, the house buckets say %s', currency, owned, house) as detail
         from (
           select b.currency, sum(b.balance) as owned, coalesce(max(t.house), 0) as house
             from account_balances b
             left join (
               select currency, sum(case when to_bucket = 'credit' then amount else 0 end)
                              - sum(case when from_bucket = 'credit' then amount else 0 end) as house
                 from transfers group by currency) t on t.currency = b.currency
            group by b.currency) totals
        where owned <> house`,
    ],
  },
  {
    id: 'I04',
    title: 'the balance is the sum of its transfers',
    queries: () => [
      `select b.account_id, format('balance %s, transfers add up to %s', b.balance, coalesce(s.total, 0)) as detail
         from account_balances b
         left join (select t.account_id, sum(${signed}) as total from transfers t group by t.account_id) s on s.account_id = b.account_id
        where b.balance <> coalesce(s.total, 0)`,
    ],
  },
  {
    id: 'I05',
    title: "an account's transfers are numbered 1, 2, 3 … without a gap",
    queries: () => [
      `select b.account_id, format('last number %s, %s transfers, highest %s', b.last_seq, coalesce(s.transfers, 0), coalesce(s.highest, 0)) as detail
         from account_balances b
         left join (select account_id, count(*) as transfers, max(seq) as highest, min(seq) as lowest
                      from transfers group by account_id) s on s.account_id = b.account_id
        where b.last_seq <> coalesce(s.transfers, 0) or b.last_seq <> coalesce(s.highest, 0) or coalesce(s.lowest, 1) <> 1`,
    ],
  },
  {
    id: 'I06',
    title: 'every running balance follows from the one before it',
    queries: ({ transferShares }) =>
      inShares(
        transferShares,
        (share) =>
          `select account_id, format('transfer %s says %s, it should be %s', seq, balance_after, expected) as detail
             from (select t.account_id, t.seq, t.balance_after,
                          lag(t.balance_after, 1, 0::bigint) over (partition by t.account_id order by t.seq) + ${signed} as expected
                     from transfers t where ${share(block('seq - 1'))} or ${share(block('seq'))}) chain
            where balance_after <> expected and ${share(block('seq - 1'))}`,
      ),
  },
  {
    id: 'I07',
    title: 'one currency for each account',
    queries: () => [
      `select x.account_id, format('%s in %s, the account is in %s', x.what, x.currency, a.currency) as detail
         from (select account_id, 'balance' as what, currency from account_balances
               union all select account_id, 'transfer ' || min(seq), currency from transfers group by account_id, currency
               union all select account_id, 'grant ' || grant_id, currency from grants
               union all select account_id, 'purchase ' || purchase_id, currency from purchases) x
         join accounts a on a.account_id = x.account_id
        where x.currency <> a.currency`,
    ],
  },
  {
    id: 'I08',
    title:
      'the balance of an account without a contract goes below zero only by usage that was recorded in full beyond its hold, or by credit taken back',
    queries: () => [
      // A draw by a grant's own transfer paid an older debt, and a few are of credit that was taken; every other covered usage.
      // Credit that is taken back may be credit that open holds stood on.
      `with used as (select account_id, sum(amount) as total from transfers where kind = 'usage' group by account_id),
            moved as (select account_id, seq, kind, amount from transfers where kind in (${movedBesides})),
            covered as (
              select d.account_id, sum(d.amount) as total
                from grant_draws d join grants g on g.account_id = d.account_id and g.grant_id = d.grant_id
               where d.transfer_seq <> g.transfer_seq
                 and not exists (select from moved m where m.account_id = d.account_id and m.seq = d.transfer_seq)
               group by d.account_id),
            beyond as (
              select account_id, sum(amount) as allowed
                from (select account_id, beyond_amount as amount from usage_events where beyond_amount is not null
                      union all select account_id, beyond_amount from retired_usage
                      union all select account_id, amount from moved where kind in (${takenBack})) recorded
               group by account_id)
       select u.account_id, format('%s nanos of usage were covered by no grant, %s were recorded beyond a hold', u.total - coalesce(c.total, 0), coalesce(b.allowed, 0)) as detail
         from used u left join covered c on c.account_id = u.account_id left join beyond b on b.account_id = u.account_id
        where u.total - coalesce(c.total, 0) > coalesce(b.allowed, 0)
          and not exists (select from contracts k where k.account_id = u.account_id)`,
    ],
  },
  {
    id: 'I10',
    title: 'what is left of a grant is its amount less what was drawn from it',
    queries: () => [
      `select g.account_id, format('grant %s: %s left of %s, %s drawn', g.grant_id, g.remaining, g.amount, coalesce(d.drawn, 0)) as detail
         from grants g
         left join (select account_id, grant_id, sum(amount) as drawn from grant_draws group by account_id, grant_id) d
           on d.account_id = g.account_id and d.grant_id = g.grant_id
        where g.remaining <> g.amount - coalesce(d.drawn, 0)`,
    ],
  },
  {
    id: 'I11',
    title: 'the balance, when it is no debt, is the sum of what grants have left',
    queries: () => [
      `select b.account_id, format('balance %s, grants have %s left', b.balance, coalesce(sum(g.remaining), 0)) as detail
         from account_balances b left join grants g on g.account_id = b.account_id
        group by b.account_id having greatest(b.balance, 0) <> coalesce(sum(g.remaining), 0)`,
    ],
  },
  {
    id: 'B01',
    title: 'the hash chain of every account, with the grants and the draws that it holds, is unbroken up to its head',
    queries: ({ transferShares }) => [
      ...inShares(
        transferShares,
        (share) =>
          `select account_id, format('transfer %s does not match its hash', seq) as detail
             from (select t.*, lag(hash, 1, ${noHash}) over (partition by account_id order by seq) as previous
                     from transfers t where ${share(block('seq - 1'))} or ${share(block('seq'))}) chain
             left join (select account_id, transfer_seq as seq,
                               concat_ws(' ', 'grant', grant_id, source, amount, currency, priority, ${isoTime('granted_at')},
                                 coalesce(${isoTime('first_expires_at')}, 'never')) as line
                          from grants) brought using (account_id, seq)
             left join (select account_id, transfer_seq as seq,
                               string_agg(concat_ws(' ', 'draw', grant_id, amount), E'\\n' order by grant_id) as lines
                          from grant_draws where ${share(block('transfer_seq - 1'))} group by account_id, transfer_seq) drawn
               using (account_id, seq)
            where ${share(block('seq - 1'))}
              and hash <> sha256(convert_to(concat_ws(E'\\n', 'purse.transfer.v' || hash_form, encode(previous, 'hex'), account_id, seq, kind,
                    cause, from_bucket, to_bucket, amount, currency, balance_after, ${isoTime('posted_at')},
                    case when hash_form = 2 then brought.line end, case when hash_form = 2 then drawn.lines end), 'UTF8'))`,
      ),
      `select g.account_id, format('grant %s expires at %s, it came to expire at %s', g.grant_id, g.expires_at, g.first_expires_at) as detail
         from grants g join transfers t on t.account_id = g.account_id and t.seq = g.transfer_seq and t.hash_form = 2
        where coalesce(g.expires_at, 'infinity') > coalesce(g.first_expires_at, 'infinity')`,
      `select b.account_id, format('the head of the chain is not the hash of transfer %s', b.last_seq) as detail
         from account_balances b left join transfers t on t.account_id = b.account_id and t.seq = b.last_seq
        where b.last_hash <> coalesce(t.hash, ${noHash})`,
    ],
  },
  {
    id: 'B08',
    title: 'nothing stands alone: every row has its account, every draw its grant and its transfer',
    queries: ({ drawShares, transferShares }) => [
      ...['transfers', 'grant_draws', 'holds', 'usage_events', 'usage_days', 'usage_hours', 'retired_usage'].map(
        (table) =>
          `select account_id, format('${table} has rows of an account without a balance') as detail
             from (select distinct account_id from ${table}) x
            where not exists (select from account_balances b where b.account_id = x.account_id)`,
      ),
      `select d.account_id, format('grant %s was drawn on and does not exist', d.grant_id) as detail
         from (select distinct account_id, grant_id from grant_draws) d
        where not exists (select from grants g where g.account_id = d.account_id and g.grant_id = d.grant_id)`,
      ...inShares(
        Math.max(drawShares, transferShares),
        (share) =>
          `select d.account_id, format('transfer %s of %s, %s drawn for it', d.transfer_seq, t.amount, d.drawn) as detail
             from (select account_id, transfer_seq, sum(amount) as drawn from grant_draws
                    where ${share(block('transfer_seq'))} group by account_id, transfer_seq) d
             left join (select account_id, seq, amount from transfers where ${share(block('seq'))}) t
               on t.account_id = d.account_id and t.seq = d.transfer_seq
            where t.seq is null or d.drawn > t.amount`,
      ),
    ],
  },
]
