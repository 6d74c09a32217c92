import type { Invariant } from './invariants'
import { inShares } from './parts'

const nil = `'00000000-0000-0000-0000-000000000000'`

/** Rows that name a key or a member, once for each of the two. */
const bySubject = (keyId: string, memberId: string) =>
  `cross join lateral (values ('key', ${keyId}), ('member', ${memberId})) s (scope, subject_id)`

const calendarUnit = `case p."window" when 'daily' then 'day' when 'weekly' then 'week' else 'month' end`

/** What the budgets of keys and members count. */
export const budgetInvariants: Invariant[] = [
  {
    id: 'B13',
    title: "held credit of a key's or member's budget is the sum of its open holds",
    queries: ({ holdShares }) =>
      inShares(holdShares, (share) => {
        const ofShare = share('uuid_hash(account_id)')
        return `select b.account_id, format('%s budget of %s %s: held %s, open holds add up to %s', b."window", b.scope, b.subject_id, b.held, coalesce(h.total, 0)) as detail
           from (select * from budgets where scope <> 'account' and ${ofShare}) b
           left join (
             select h.account_id, s.scope, s.subject_id, sum(h.amount) as total
               from (select * from holds where state = 'open' and key_id is not null and ${ofShare}) h
               ${bySubject('h.key_id', 'h.member_id')}
              where s.subject_id is not null
              group by 1, 2, 3) h on h.account_id = b.account_id and h.scope = b.scope and h.subject_id = b.subject_id
          where b.held <> coalesce(h.total, 0)`
      }),
  },
  {
    id: 'B14',
    title: "a period of a key's or member's budget has spent what the subject used in its bounds",
    /*
     * Whole hours come from the rollup, which B07 holds against the events; the parts of hours at the bounds come from the events.
     * Of a retired month such a part is not known any more: the spend then lies between nothing and all of its hour.
     */
    queries: (extent) =>
      inShares(extent.eventShares, (share) => {
        const ofShare = share('uuid_hash(account_id)')
        const isRetired = (instant: string) =>
          extent.retired.length === 0
            ? 'false'
            : `date_trunc('month', ${instant} at time zone 'UTC')::date in (${extent.retired.map((month) => `date '${month}'`).join(', ')})`
        const ofSubject = (row: string) =>
          `case p.scope when 'key' then ${row}.key_id else ${row}.member_id end = p.subject_id`
        return `with periods as materialized (
            select p.account_id, p.budget_id, p.period, p.starts_at, p.ends_at, p.spent, b.scope, b.subject_id, b."window",
                   date_trunc('hour', p.starts_at + interval '1 hour' - interval '1 millisecond', 'UTC') as first_hour,
                   date_trunc('hour', p.ends_at, 'UTC') as last_hour
              from (select * from budget_periods where ${ofShare}) p
              join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id and b.scope <> 'account'),
          -- Joined by a stretch of the calendar as well: a subject has many periods, an hour counts in few of them.
          stretches as materialized (
            select p.*, n.begins
              from periods p
              cross join lateral (
                select '-infinity'::timestamp as begins where p."window" = 'lifetime'
                union all
                select date_trunc(${calendarUnit}, p.starts_at at time zone 'UTC') + n * ('1 ' || ${calendarUnit})::interval
                  from (values (0), (1), (2)) v (n) where p."window" <> 'lifetime') n
             where n.begins <= p.ends_at at time zone 'UTC'),
          whole as (
            select p.account_id, p.budget_id, p.period, sum(h.amount) as total
              from (select h.account_id, h.hour, h.amount, s.scope, s.subject_id
                      from (select * from usage_hours where key_id <> ${nil} and ${ofShare}) h
                      ${bySubject('h.key_id', 'h.member_id')}
                     where s.subject_id <> ${nil}) h
              join budgets b on b.account_id = h.account_id and b.scope = h.scope and b.subject_id = h.subject_id
              join stretches p on p.account_id = b.account_id and p.budget_id = b.budget_id
               and p.begins = case b."window" when 'lifetime' then '-infinity'::timestamp
                                              else date_trunc(${calendarUnit.replace('p.', 'b.')}, h.hour at time zone 'UTC') end
               and h.hour >= p.first_hour and h.hour < p.last_hour
             group by 1, 2, 3),
          parts as (
            select p.*,
                   coalesce((select sum(e.amount) from usage_events e
                              where e.account_id = p.account_id and ${ofSubject('e')} and p.first_hour > p.starts_at
                                and e.recorded_at >= p.starts_at and e.recorded_at < least(p.first_hour, p.ends_at)), 0)
                   + coalesce((select sum(e.amount) from usage_events e
                                where e.account_id = p.account_id and ${ofSubject('e')} and p.last_hour < p.ends_at
                                  and e.recorded_at >= greatest(p.last_hour, p.first_hour) and e.recorded_at < p.ends_at), 0) as known,
                   coalesce((select sum(h.amount) from usage_hours h
                              where h.account_id = p.account_id and ${ofSubject('h')}
                                and (h.hour = p.first_hour - interval '1 hour' and p.first_hour > p.starts_at and ${isRetired('h.hour')}
                                  or h.hour = p.last_hour and p.last_hour < p.ends_at and ${isRetired('h.hour')})), 0) as possible
              from periods p)
          select p.account_id,
                 format('%s of the %s budget of %s %s: spent %s, usage adds up to %s', p.period, p."window", p.scope, p.subject_id, p.spent,
                        coalesce(w.total, 0) + p.known) as detail
            from parts p
            left join whole w on w.account_id = p.account_id and w.budget_id = p.budget_id and w.period = p.period
           where p.spent < coalesce(w.total, 0) + p.known or p.spent > coalesce(w.total, 0) + p.known + p.possible`
      }),
  },
  {
    id: 'B15',
    title: "no period of a key's or member's budget begins before the one before it ends",
    queries: ({ transferShares }) =>
      inShares(
        transferShares,
        (share) =>
          `select account_id, format('%s begins at %s, the one before it ends at %s', period, starts_at, ended_at) as detail
             from (select p.*, lag(p.ends_at) over (partition by p.account_id, p.budget_id order by p.starts_at) as ended_at
                     from (select * from budget_periods where ${share('uuid_hash(account_id)')}) p
                     join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id and b.scope <> 'account') periods
            where starts_at < ended_at`,
      ),
  },
]
