-- The gate takes many requests in one transaction: fewer indexes and foreign keys on what every request writes, events in
-- monthly partitions, the hour's rollup, holds that report progress and can be leases, and the account's request rate.

-- What every request writes carries no foreign key: each check reads and locks a row of another table. Their only writer holds
-- the lock of the account's balance row, which cannot be deleted, and the invariants (lib/domain/books) look for strays.
alter table transfers drop constraint transfers_account_id_fkey;
alter table grant_draws
  drop constraint grant_draws_account_id_transfer_seq_fkey,
  drop constraint grant_draws_account_id_grant_id_fkey;
drop index grant_draws_account_id_grant_id_idx;
alter table holds drop constraint holds_account_id_fkey;
alter table usage_days drop constraint usage_days_account_id_fkey;

-- The cause of a usage transfer carries its number, which the primary key makes unique: no second index needs to. (A hold's expiry
-- is posted once because its event is; the other two forms are of the time before lanes.)
alter table transfers add constraint transfers_usage_cause check (
  kind <> 'usage' or cause like 'usage:' || seq || '/%' or cause ~ '^(expired_hold|usage_batch|hold):'
);
drop index transfers_account_id_kind_cause_key;
create unique index transfers_account_id_kind_cause_key on transfers (account_id, kind, cause) where kind <> 'usage';

-- The operator's own limit for one account; null: the rule of PRODUCT "Tiers".
alter table accounts add column requests_per_minute integer,
  add constraint accounts_requests_per_minute check (requests_per_minute > 0);

-- Requests admitted in the clock minute that begins at `minute`. Part of the hot row, for it changes with every request.
alter table account_balances add column minute timestamptz(0), add column minute_requests integer not null default 0;

-- Holds ------------------------------------------------------------------------------------------------------------

alter table holds
  add column kind text not null default 'request',
  add column reported_model text,
  add column reported_input_tokens integer,
  add column reported_cached_input_tokens integer,
  add column reported_output_tokens integer,
  add column extend_key text,
  add column extend_hash bytea,
  add constraint holds_kind check (kind in ('request', 'lease')),
  add constraint holds_reported check (
    (reported_model is null) = (reported_input_tokens is null)
    and (reported_model is null) = (reported_output_tokens is null)
    and (reported_model is null) = (reported_cached_input_tokens is null)
    and reported_input_tokens >= 0 and reported_output_tokens >= 0 and reported_cached_input_tokens >= 0
    and reported_cached_input_tokens <= reported_input_tokens
  ),
  -- A lease is spent down to nothing; a request's hold is closed instead.
  drop constraint holds_amount,
  add constraint holds_amount check (amount >= 0 and (amount > 0 or kind = 'lease'));

-- A hold's id is made of the account and the caller's key (lib/domain/holds/rules.ts), so the primary key is what makes
-- a key unique.
drop index holds_account_id_idempotency_key_key;
drop index holds_state_expires_at_idx;
create index holds_open on holds (account_id, expires_at) where state = 'open';
alter table holds set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- Usage events, by the month in which they were recorded -------------------------------------------------------------

alter table usage_events rename to usage_events_before;
alter index usage_events_pkey rename to usage_events_before_pkey;
alter index usage_events_account_id_recorded_at_idx rename to usage_events_before_recorded_at_idx;
drop trigger usage_events_append_only on usage_events_before;
drop trigger usage_events_no_truncate on usage_events_before;

create table usage_events (
  amount bigint not null,
  transfer_seq bigint,
  recorded_at timestamptz(3) not null,
  occurred_at timestamptz(3),
  beyond_amount bigint,
  month date not null,
  input_tokens integer not null,
  cached_input_tokens integer not null,
  output_tokens integer not null,
  account_id uuid not null,
  event_key uuid not null,
  hold_id uuid,
  model text not null,
  event_id text,
  source text,
  constraint usage_events_pkey primary key (account_id, event_key, month),
  constraint usage_events_tokens check (
    input_tokens >= 0 and cached_input_tokens >= 0 and output_tokens >= 0 and cached_input_tokens <= input_tokens
  ),
  constraint usage_events_amount check (amount >= 0 and beyond_amount > 0 and beyond_amount <= amount),
  constraint usage_events_transfer check ((amount > 0) = (transfer_seq is not null)),
  constraint usage_events_source check (
    (source is null) = (hold_id is null) and source in ('settle', 'expiry', 'late', 'lease')
  )
) partition by range (month);
create index usage_events_account_id_recorded_at_idx on usage_events (account_id, recorded_at);

create trigger usage_events_append_only before update or delete on usage_events for each row execute function refuse_change();
create trigger usage_events_no_truncate before truncate on usage_events for each statement execute function refuse_change();

/*
 * Makes the partition of a month, with its guards, when it is not there. The programs may call it: they own no table.
 * Attaching needs a lock that lets inserts into other months go on.
 */
create function make_usage_partition(first_day date) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  begins date := date_trunc('month', first_day)::date;
  part text := format('usage_events_%s', to_char(begins, 'YYYY_MM'));
begin
  if to_regclass(part) is not null then return false; end if;
  perform pg_advisory_xact_lock(hashtext('make_usage_partition'));
  if to_regclass(part) is not null then return false; end if;
  execute format('create table %I (like usage_events including defaults including constraints)', part);
  execute format('create trigger %I before truncate on %I for each statement execute function refuse_change()', part || '_no_truncate', part);
  execute format('alter table %I set (autovacuum_vacuum_insert_scale_factor = 0.05)', part);
  execute format('grant select, insert on %I to purse_app', part);
  execute format('alter table usage_events attach partition %I for values from (%L) to (%L)', part, begins, (begins + interval '1 month')::date);
  return true;
end $$;
revoke all on function make_usage_partition from public;
grant execute on function make_usage_partition to purse_app;
grant select, insert on usage_events to purse_app;

select make_usage_partition(month::date)
  from (select distinct date_trunc('month', recorded_at at time zone 'UTC') as month from usage_events_before
        union select date_trunc('month', now() at time zone 'UTC') + n * interval '1 month' from generate_series(0, 2) n) months;

-- An id that is a UUID is its own key; any other is hashed to one (lib/domain/usage/rules.ts).
insert into usage_events (account_id, event_key, event_id, month, hold_id, source, model, input_tokens, cached_input_tokens,
                          output_tokens, amount, beyond_amount, occurred_at, recorded_at, transfer_seq)
select account_id,
       case when is_uuid then event_id::uuid
            else (substr(hash, 1, 12) || '8' || substr(hash, 14, 3) || '8' || substr(hash, 18))::uuid end,
       case when is_uuid or hold_id is not null then null else event_id end,
       date_trunc('month', recorded_at at time zone 'UTC')::date,
       hold_id, case when hold_id is not null then 'settle' end,
       model, input_tokens, cached_input_tokens, output_tokens, amount, nullif(beyond_amount, 0),
       nullif(occurred_at, recorded_at), recorded_at, transfer_seq
  from (select *, event_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' as is_uuid,
               substr(encode(sha256(convert_to(event_id, 'UTF8')), 'hex'), 1, 32) as hash
          from usage_events_before) e;
drop table usage_events_before;

-- Usage by the hour (UTC), beside the day's --------------------------------------------------------------------------

create table usage_hours (
  account_id uuid not null,
  hour timestamptz(0) not null,
  model text not null,
  events bigint not null,
  input_tokens bigint not null,
  cached_input_tokens bigint not null,
  output_tokens bigint not null,
  amount bigint not null,
  constraint usage_hours_pkey primary key (account_id, hour, model)
);
alter table usage_hours set (fillfactor = 70);
grant select, insert, update on usage_hours to purse_app;

insert into usage_hours
select account_id, date_trunc('hour', recorded_at, 'UTC'), model, count(*), sum(input_tokens), sum(cached_input_tokens), sum(output_tokens), sum(amount)
  from usage_events group by 1, 2, 3;
