import type { Invariant } from './invariants'

/** Tables whose rows stay as they were written. */
const appendOnly = [
  'transfers',
  'grant_draws',
  'usage_events',
  'audit_entries',
  'prices',
  'retired_months',
  'retired_usage',
  'house_switch_changes',
  'invoice_lines',
]

/** Every account is furnished, and the database watches over itself. */
export const houseInvariants: Invariant[] = [
  {
    id: 'B05',
    title: 'every account has its balance row and its monthly budget, and signup credit at most once',
    queries: () => [
      `select a.account_id, format('balance rows %s, monthly budgets %s, signup credits %s', balances, budgets, signups) as detail
         from (select a.account_id,
                      (select count(*) from account_balances b where b.account_id = a.account_id) as balances,
                      (select count(*) from budgets b where b.account_id = a.account_id and b.scope = 'account' and b."window" = 'monthly') as budgets,
                      (select count(*) from transfers t where t.account_id = a.account_id and t.kind = 'signup_credit') as signups
                 from accounts a) a
        where balances <> 1 or budgets <> 1 or signups > 1`,
    ],
  },
  {
    id: 'B06',
    title: "the database's own guards are in force, on every partition too",
    queries: () => [
      `select null::uuid as account_id, format('table %s has %s of its 2 append-only guards', guarded.name, count(t.tgname)) as detail
         from (select name::regclass as relid, name, name || '_append_only' as rows_guard from unnest(array[${appendOnly.map((name) => `'${name}'`).join(', ')}]) as name
               union all
               select inhrelid::regclass, inhrelid::regclass::text, 'usage_events_append_only' from pg_inherits where inhparent = 'usage_events'::regclass) guarded
         left join pg_trigger t on t.tgrelid = guarded.relid and t.tgname in (rows_guard, guarded.name || '_no_truncate') and t.tgenabled in ('O', 'A')
        group by guarded.name having count(t.tgname) < 2`,
      `select null::uuid as account_id, format('constraint %s of %s is not in force', conname, conrelid::regclass) as detail
         from pg_constraint where contype = 'c' and not convalidated and connamespace = 'public'::regnamespace`,
    ],
  },
  {
    id: 'B12',
    title: 'every switch of the house stands as it was last turned',
    queries: () => [
      `select null::uuid as account_id, format('switch %s is %s, last turned to %s', coalesce(s.name, c.name), s.is_on, c.is_on) as detail
         from house_switches s
         full join (select distinct on (name) name, is_on from house_switch_changes order by name, at desc, change_id desc) c on c.name = s.name
        where s.is_on is distinct from c.is_on`,
    ],
  },
]
