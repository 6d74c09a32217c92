import type { Invariant } from './invariants'
import { dayList, inMonths, inShares, instant, knownMonths, monthsLater, type Share } from './parts'
import { priceOf, rates } from './price-sql'

/** The instant by which ages are measured: the demo's clock may be moved. */
const present = `(select now() + offset_ms * interval '1 millisecond' from clock where id = 1)`

const utcMonth = (column: string) => `date_trunc('month', ${column} at time zone 'UTC')::date`

/** A day's rows in zones up to 14 hours before and 12 hours after UTC: how long before its month a local day may begin. */
const before = (month: string) => `${instant(month)} - interval '38 hours'`

const within = (column: string, month: string) =>
  `${column} >= ${instant(month)} and ${column} < ${instant(monthsLater(month, 1))}`

const sums = `sum(events) as events, sum(input_tokens) as input, sum(cached_input_tokens) as cached, sum(output_tokens) as output, sum(amount) as amount`

/** What a rollup's row is of, besides its day or hour: in events nothing stands for none, in rollups nil and the empty tag. */
const none = {
  key_id: `'00000000-0000-0000-0000-000000000000'::uuid`,
  member_id: `'00000000-0000-0000-0000-000000000000'::uuid`,
  tag: `''`,
}
const facets = Object.keys(none) as (keyof typeof none)[]
const facetsOf = (row: string) => facets.map((name) => `coalesce(${row}.${name}, ${none[name]}) as ${name}`).join(', ')
const sameFacets = (a: string, b: string) => facets.map((name) => `${a}.${name} = ${b}.${name}`).join(' and ')
const facetsShown = (a: string, b: string) =>
  facets.map((name) => `coalesce(${a}.${name}::text, ${b}.${name}::text)`).join(', ')

const differs = `(e.events, e.input, e.cached, e.output, e.amount) is distinct from (r.events, r.input, r.cached, r.output, r.amount)`

/** Usage: events, the transfers that charge them, the rollups that sum them, and the holds that waited for them. */
export const usageInvariants: Invariant[] = [
  {
    id: 'I09',
    title: 'held credit is the sum of the open holds',
    queries: () => [
      `select b.account_id, format('held %s, open holds add up to %s', b.held, coalesce(h.total, 0)) as detail
         from account_balances b
         left join (select account_id, sum(amount) as total from holds where state = 'open' group by account_id) h on h.account_id = b.account_id
        where b.held <> coalesce(h.total, 0)`,
    ],
  },
  {
    id: 'I22',
    title: 'every usage event is charged once: the events of a usage transfer add up to it',
    queries: (extent) => [
      ...inMonths(
        extent,
        (month, share) =>
          `select coalesce(p.account_id, c.account_id) as account_id,
                  format('transfer %s moves %s, its events cost %s', coalesce(p.seq, c.transfer_seq), coalesce(p.amount::text, 'nothing'), coalesce(c.total, 0)) as detail
             from (select account_id, transfer_seq, sum(amount) as total from usage_events
                    where month = '${month}' and amount > 0 and ${share('transfer_seq')} group by account_id, transfer_seq) c
             full join (select account_id, seq, amount from transfers
                         where kind = 'usage' and ${within('posted_at', month)} and ${share('seq')}) p
               on p.account_id = c.account_id and p.seq = c.transfer_seq
            where c.total is distinct from p.amount`,
      ),
      ...extent.retired.map(
        (month) =>
          `select coalesce(p.account_id, c.account_id) as account_id,
                  format('${month}, retired: transfers move %s, events cost %s', coalesce(p.total, 0), coalesce(c.total, 0)) as detail
             from (select account_id, sum(amount) as total from retired_usage where month = '${month}' group by account_id having sum(amount) > 0) c
             full join (select account_id, sum(amount) as total from transfers
                         where kind = 'usage' and ${within('posted_at', month)} group by account_id) p on p.account_id = c.account_id
            where c.total is distinct from p.total`,
      ),
      `select account_id, format('transfer %s charges usage of a month without events', seq) as detail
         from transfers where kind = 'usage' and ${utcMonth('posted_at')} not in (${dayList(knownMonths(extent))})`,
    ],
  },
  {
    id: 'I26',
    title: 'no hold stays open after its time',
    queries: () => [
      `select account_id, format('hold %s expired at %s', hold_id, expires_at) as detail
         from holds where state = 'open' and expires_at < ${present} - interval '5 minutes'`,
    ],
  },
  {
    id: 'B02',
    title: 'the daily rollup is the sum of the events',
    queries: (extent) => {
      const months = knownMonths(extent)
      const windows = [...new Set(months.flatMap((month) => [month, monthsLater(month, 1)]))].sort()
      return [
        ...windows.flatMap((month) => inShares(sharesOf(extent, month), (share) => daysOf(extent, month, share))),
        `select account_id, format('%s %s: rollup of a day without events', day, model) as detail
           from usage_days where ${utcMonth(`((day + 1)::timestamp at time zone 'UTC')`)} not in (${dayList(windows)})`,
      ]
    },
  },
  {
    id: 'B03',
    title: "a month's spend is the sum of its usage",
    queries: ({ transferShares }) =>
      inShares(transferShares, (share) => {
        const ofShare = share('uuid_hash(account_id)')
        // Joined by calendar month as well: an account's history has many periods, a transfer's month one or two.
        return `with periods as materialized (
            select p.account_id, p.budget_id, p.period, p.starts_at, p.ends_at, p.spent
              from (select * from budget_periods where ${ofShare}) p
              join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id and b.scope = 'account'),
          months as materialized (
            select p.*, m as month
              from periods p
              cross join lateral (select ${utcMonth('p.starts_at')} + n * interval '1 month' from (values (0), (1), (2)) v (n)) months (m)
             where m <= p.ends_at at time zone 'UTC'),
          used as (
            select m.account_id, m.budget_id, m.period, sum(t.amount) as total
              from (select account_id, amount, posted_at, date_trunc('month', posted_at at time zone 'UTC') as month
                      from transfers where kind = 'usage' and ${ofShare}) t
              join months m on m.account_id = t.account_id and m.month = t.month and t.posted_at >= m.starts_at and t.posted_at < m.ends_at
             group by m.account_id, m.budget_id, m.period)
          select p.account_id, format('%s: spent %s, usage adds up to %s', p.period, p.spent, coalesce(u.total, 0)) as detail
            from periods p
            left join used u on u.account_id = p.account_id and u.budget_id = p.budget_id and u.period = p.period
           where p.spent <> coalesce(u.total, 0)`
      }),
  },
  {
    id: 'B04',
    title:
      'a hold was charged what its events add up to: a settled one once, an expired one for its last report, no other',
    queries: (extent) => [
      ...inShares(Math.max(extent.holdShares, extent.eventShares), (share) => holdsOf(extent, share)),
      ...(extent.retired.length > 0 ? [holdsOfRetired] : []),
    ],
  },
  {
    id: 'B07',
    title: 'the hourly rollup is the sum of the events',
    queries: (extent) => [
      ...inMonths(
        extent,
        (month, share) =>
          `select coalesce(e.account_id, r.account_id) as account_id,
                  format('%s %s, key %s, member %s, tag "%s": rollup %s for %s events, events add up to %s for %s', coalesce(e.hour, r.hour), coalesce(e.model, r.model),
                         ${facetsShown('e', 'r')}, r.amount, r.events, e.amount, e.events) as detail
             from (select account_id, date_trunc('hour', recorded_at, 'UTC') as hour, model, ${facetsOf('u')}, count(*) as events, sum(input_tokens) as input,
                          sum(cached_input_tokens) as cached, sum(output_tokens) as output, sum(amount) as amount
                     from usage_events u where month = '${month}' and ${share(hourNumber('recorded_at'))} group by 1, 2, 3, 4, 5, 6) e
             full join (select account_id, hour, model, key_id, member_id, tag, events, input_tokens::numeric as input, cached_input_tokens::numeric as cached,
                               output_tokens::numeric as output, amount::numeric as amount
                          from usage_hours where ${within('hour', month)} and ${share(hourNumber('hour'))}) r
               on r.account_id = e.account_id and r.hour = e.hour and r.model = e.model and ${sameFacets('r', 'e')}
            where ${differs}`,
      ),
      ...extent.retired.map(
        (month) =>
          `select coalesce(e.account_id, r.account_id) as account_id,
                  format('${month}, retired, %s: hours add up to %s for %s events, events to %s for %s', coalesce(e.model, r.model), r.amount, r.events, e.amount, e.events) as detail
             from (select account_id, model, ${sums} from retired_usage where month = '${month}' group by account_id, model) e
             full join (select account_id, model, ${sums} from usage_hours where ${within('hour', month)} group by account_id, model) r
               on r.account_id = e.account_id and r.model = e.model
            where ${differs}`,
      ),
      `select account_id, format('%s %s: rollup of an hour without events', hour, model) as detail
         from usage_hours where ${utcMonth('hour')} not in (${dayList(knownMonths(extent))})`,
    ],
  },
  {
    id: 'B09',
    title: 'an event stands in the month in which it was recorded, and its id in no other month',
    queries: (extent) => [
      ...inMonths(
        { ...extent, months: extent.months.map(({ month }) => ({ month, shares: 1 })) },
        (month) =>
          `select account_id, format('event %s of %s stands in ${month}', event_key, recorded_at) as detail
             from usage_events where month = '${month}' and not (${within('recorded_at', month)})`,
      ),
      ...(extent.months.length > 1
        ? inShares(
            extent.eventShares,
            (share) =>
              `select account_id, format('event %s stands in %s months', event_key, count(*)) as detail
                 from usage_events where ${share('uuid_hash(event_key)')} group by account_id, event_key having count(*) > 1`,
          )
        : []),
    ],
  },
  {
    id: 'B10',
    title: "each event's charge is its tokens at the rates in force, rounded once, half up",
    queries: (extent) => [
      ...inMonths(
        extent,
        (month, share) =>
          `with ${rates}
           select e.account_id, case when r.model is null then format('event %s: %s had no price on %s', event_key, e.model, coalesce(e.occurred_at, e.recorded_at))
                                     else format('event %s is charged %s, its tokens cost %s', event_key, e.amount, ${priceOf('e', 'r')}) end as detail
             from usage_events e
             left join rates r on r.model = e.model and coalesce(e.occurred_at, e.recorded_at) >= r.begins and coalesce(e.occurred_at, e.recorded_at) < r.ends
            where e.month = '${month}' and (e.source is null or e.source in ('settle', 'lease')) and ${share('uuid_hash(event_key)')}
              and (r.model is null or e.amount <> ${priceOf('e', 'r')})`,
      ),
      lateOf(extent),
    ],
  },
  {
    id: 'B11',
    title: 'what is kept of a retired month adds up, and its events are gone',
    queries: ({ months, retired }) => [
      `select null::uuid as account_id, format('%s: %s events for %s were retired, %s for %s are kept', coalesce(m.month, u.month), m.events, m.amount, u.events, u.amount) as detail
         from retired_months m
         full join (select month, sum(events) as events, sum(amount) as amount, sum(beyond_amount) as beyond from retired_usage group by month) u on u.month = m.month
        where (m.events, m.amount, m.beyond_amount) is distinct from (coalesce(u.events, 0), coalesce(u.amount, 0), coalesce(u.beyond, 0))`,
      ...months
        .filter(({ month }) => retired.includes(month))
        .map(
          ({ month }) =>
            `select account_id, format('event %s stands in the retired month ${month}', event_key) as detail
               from usage_events where month = '${month}'`,
        ),
    ],
  },
]

const hourNumber = (column: string) => `floor(extract(epoch from ${column}) / 3600)::bigint`

const sharesOf = ({ months }: Extent, month: string) => months.find((live) => live.month === month)?.shares ?? 1

type Extent = Parameters<Invariant['queries']>[0]

/**
 * The days from the last of the month before to the last but one of this month, in whatever zone: all of their events
 * were recorded in these two UTC months. Days that share events with a retired month are compared as one sum.
 */
function daysOf({ retired }: Extent, month: string, share: Share): string {
  const previous = monthsLater(month, -1)
  const isRetired = retired.includes(month)
  const wasRetired = retired.includes(previous)
  const bucket = isRetired
    ? `date '${month}'`
    : wasRetired
      ? `case when day <= date '${month}' then date '${month}' else day end`
      : 'day'
  // What is kept of a retired month knows no keys, members and tags: days that share events with one are compared without.
  const facet = (name: keyof typeof none) =>
    isRetired ? none[name] : wasRetired ? `case when day <= date '${month}' then ${none[name]} else ${name} end` : name
  const bucketFacets = facets.map((name) => `${facet(name)} as ${name}`).join(', ')
  const days = `day >= date '${month}' - 1 and day < date '${monthsLater(month, 1)}' - 1`
  const ofShare = share('uuid_hash(account_id)::bigint + hashtext(model)')
  return `with periods as (
       select p.account_id, p.time_zone, p.starts_at, p.ends_at
         from budget_periods p join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id and b.scope = 'account'
        where p.ends_at > ${before(month)} and p.starts_at < ${instant(monthsLater(month, 1))}),
     used as (
       select e.account_id, (e.recorded_at at time zone p.time_zone)::date as day, e.model, ${facetsOf('e')}, count(*) as events,
              sum(e.input_tokens) as input_tokens, sum(e.cached_input_tokens) as cached_input_tokens, sum(e.output_tokens) as output_tokens, sum(e.amount) as amount
         from (select * from usage_events where month in ('${previous}', '${month}') and recorded_at >= ${before(month)} and ${ofShare}) e
         join periods p on p.account_id = e.account_id and e.recorded_at >= p.starts_at and e.recorded_at < p.ends_at
        group by 1, 2, 3, 4, 5, 6
       union all
       select account_id, date '${month}', model, ${facets.map((name) => none[name]).join(', ')}, events, input_tokens, cached_input_tokens, output_tokens, amount
         from retired_usage where ((month = '${month}' and not in_last_day) or (month = '${previous}' and in_last_day)) and ${ofShare})
     select coalesce(e.account_id, r.account_id) as account_id,
            format('%s %s, key %s, member %s, tag "%s": rollup %s for %s events, events add up to %s for %s', coalesce(e.bucket, r.bucket), coalesce(e.model, r.model),
                   ${facetsShown('e', 'r')}, r.amount, r.events, e.amount, e.events) as detail
       from (select account_id, ${bucket} as bucket, model, ${bucketFacets}, ${sums} from used where ${days} group by 1, 2, 3, 4, 5, 6) e
       full join (select account_id, ${bucket} as bucket, model, ${bucketFacets}, ${sums} from usage_days where ${days} and ${ofShare} group by 1, 2, 3, 4, 5, 6) r
         on r.account_id = e.account_id and r.bucket = e.bucket and r.model = e.model and ${sameFacets('r', 'e')}
      where ${differs}`
}

/**
 * Events of the hold may be gone with their month. A request's come when it is closed and later; a lease's from its beginning on.
 */
const hasLostEvents = ({ retired }: Extent) =>
  retired.length === 0
    ? 'false'
    : `case h.kind when 'lease' then h.created_at < ${instant(monthsLater(retired.at(-1)!, 1))}
                    else coalesce(${utcMonth('h.closed_at')} in (${dayList(retired)}), false) end`

function holdsOf(extent: Extent, share: Share): string {
  return `select coalesce(h.account_id, e.account_id) as account_id,
            format('%s %s is %s for %s; its events: %s settle, %s expiry, %s late, %s lease, for %s', coalesce(h.kind, 'missing hold'),
                   coalesce(h.hold_id, e.hold_id), h.state, coalesce(h.charged::text, 'nothing'), coalesce(e.settles, 0), coalesce(e.expiries, 0),
                   coalesce(e.lates, 0), coalesce(e.leased, 0), coalesce(e.total, 0)) as detail
       from (select account_id, hold_id, kind, state, charged, created_at, closed_at from holds where ${share('uuid_hash(hold_id)')}) h
       full join (
         select account_id, hold_id, sum(amount) as total, count(*) filter (where source = 'settle') as settles,
                count(*) filter (where source = 'expiry') as expiries, count(*) filter (where source = 'late') as lates,
                count(*) filter (where source = 'lease') as leased,
                min(coalesce(occurred_at, recorded_at)) filter (where source <> 'lease') as first_at,
                max(coalesce(occurred_at, recorded_at)) filter (where source <> 'lease') as last_at
           from usage_events where hold_id is not null and ${share('uuid_hash(hold_id)')} group by account_id, hold_id) e
         on e.account_id = h.account_id and e.hold_id = h.hold_id
      where h.hold_id is null
         or case when ${hasLostEvents(extent)} then coalesce(e.total, 0) > coalesce(h.charged, 0)
                 else e.total is distinct from h.charged
                   or h.kind = 'request' and case h.state
                        when 'settled' then e.settles + e.expiries is distinct from 1 or e.lates > e.expiries
                        when 'expired' then e.settles + e.lates > 0 or e.expiries > 1
                        else e.hold_id is not null end end
         or h.kind = 'lease' and e.settles + e.expiries + e.lates > 0
         or h.kind = 'request' and (e.leased > 0 or e.first_at <> h.created_at or e.last_at <> h.created_at)`
}

/** Of accounts with retired months, all holds together: what they were charged is what events, live or retired, say. */
const holdsOfRetired = `
  select coalesce(h.account_id, e.account_id) as account_id, format('holds were charged %s, their events add up to %s', coalesce(h.total, 0), coalesce(e.total, 0)) as detail
    from (select account_id, sum(charged) as total from holds where charged is not null group by account_id) h
    full join (
      select account_id, sum(amount) as total
        from (select account_id, amount from usage_events where hold_id is not null
              union all select account_id, hold_amount from retired_usage) charged
       group by account_id) e on e.account_id = h.account_id
   where coalesce(h.total, 0) <> coalesce(e.total, 0)
     and coalesce(h.account_id, e.account_id) in (select account_id from retired_usage)`

/** A late settle charges a difference: its event and the one at the hold's expiry cost together what their tokens cost. */
function lateOf(extent: Extent): string {
  return `with ${rates}, e as (
       select account_id, hold_id, min(model) as model, count(distinct model) as models, min(coalesce(occurred_at, recorded_at)) as at, sum(input_tokens) as input_tokens,
              sum(cached_input_tokens) as cached_input_tokens, sum(output_tokens) as output_tokens, sum(amount) as amount
         from usage_events where source in ('expiry', 'late') group by account_id, hold_id)
     select e.account_id, case when r.model is null then format('hold %s: %s had no price on %s', e.hold_id, e.model, e.at)
                               else format('hold %s is charged %s at its end and later, its tokens cost %s', e.hold_id, e.amount, ${priceOf('e', 'r')}) end as detail
       from e
       left join rates r on r.model = e.model and e.at >= r.begins and e.at < r.ends
       left join holds h on h.account_id = e.account_id and h.hold_id = e.hold_id
      where (${hasLostEvents(extent)}) is not true and (r.model is null or e.models > 1 or e.amount <> ${priceOf('e', 'r')})`
}
