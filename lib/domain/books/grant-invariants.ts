import type { Invariant } from './invariants'

const present = `(select now() + offset_ms * interval '1 millisecond' from clock where id = 1)`

/** Credit in time: it expires, and the signup credit is given once. */
export const grantInvariants: Invariant[] = [
  {
    id: 'B20',
    title: 'a grant whose time was over an hour ago has nothing left but what open holds stand on',
    queries: () => [
      `select g.account_id, format('%s nanos are left of credit that expired, with a balance of %s and %s in open holds', sum(g.remaining), b.balance, b.held) as detail
         from grants g join account_balances b on b.account_id = g.account_id
        where g.expires_at < ${present} - interval '1 hour' and g.remaining > 0 and b.balance > b.held
        group by g.account_id, b.balance, b.held`,
      `select account_id, format('grant %s is marked as over with %s left', grant_id, remaining) as detail
         from grants where is_over and (remaining > 0 or expires_at is null)`,
    ],
  },
  {
    id: 'B21',
    title: 'every signup credit was claimed by one person, and nothing was claimed by an account without it',
    queries: () => [
      `select account_id, format('%s signup credits, claimed by %s people and %s instruments', credits, people, instruments) as detail
         from (select account_id, count(*) filter (where kind = 'signup_credit') as credits,
                      count(*) filter (where kind in ('email', 'before')) as people,
                      count(*) filter (where kind = 'fingerprint') as instruments
                 from (select account_id, kind from transfers where kind = 'signup_credit'
                       union all select account_id, kind from signup_claims) x
                group by account_id) counted
        where credits <> people or (credits = 0 and instruments > 0)`,
    ],
  },
]
