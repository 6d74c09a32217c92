-- What the gate is measured against, in a schema of its own beside the product's. Runs as the owner, once, in the template.

create schema bench;

-- RAW: the columns of a usage event with its key and its time index, and nothing else.
create table bench.raw_events (like public.usage_events);
alter table bench.raw_events add primary key (account_id, event_key, month);
create index on bench.raw_events (account_id, recorded_at);

-- For history that is written set-based: what a model costs for a million tokens.
create type bench.rates as (model text, input bigint, cached_input bigint, output bigint);

-- One balance a row, updated in place.
create table bench.balances (
  account_id uuid primary key,
  balance bigint not null,
  held bigint not null default 0 check (held >= 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);

-- A plain ledger as one would write it first: an event, a transfer and a rollup for each request.
create table bench.events (like public.usage_events);
alter table bench.events add primary key (account_id, event_key, month);
create index on bench.events (account_id, recorded_at);

create table bench.transfers (
  account_id uuid not null,
  transfer_id uuid not null default uuidv7(),
  kind text not null,
  amount bigint not null,
  balance_after bigint not null,
  posted_at timestamptz not null,
  primary key (account_id, transfer_id)
);

create table bench.days (like public.usage_days including defaults);
alter table bench.days add primary key (account_id, day, model);
alter table bench.days set (fillfactor = 70);

create table bench.holds (
  account_id uuid not null,
  hold_id uuid not null,
  amount bigint not null,
  expires_at timestamptz not null,
  primary key (account_id, hold_id)
) with (autovacuum_vacuum_scale_factor = 0.05);

/* One call for each event: the event, the guarded balance, the transfer, the rollup. False: a repeat, or not enough credit. */
create function bench.charge_event(
  p_account uuid, p_key uuid, p_model text, p_input int, p_cached int, p_output int, p_amount bigint
) returns boolean language plpgsql as $$
declare
  left_over bigint;
begin
  insert into bench.events (amount, transfer_seq, recorded_at, month, input_tokens, cached_input_tokens, output_tokens,
                            account_id, event_key, model)
    values (p_amount, 1, now(), date_trunc('month', now())::date, p_input, p_cached, p_output, p_account, p_key, p_model)
    on conflict do nothing;
  if not found then return false; end if;
  update bench.balances set balance = balance - p_amount
    where account_id = p_account and balance - held >= p_amount returning balance into left_over;
  if not found then raise exception 'not enough credit'; end if;
  insert into bench.transfers (account_id, kind, amount, balance_after, posted_at)
    values (p_account, 'usage', p_amount, left_over, now());
  insert into bench.days as d values (p_account, current_date, p_model, 1, p_input, p_cached, p_output, p_amount)
    on conflict (account_id, day, model) do update set events = d.events + 1, input_tokens = d.input_tokens + excluded.input_tokens,
      cached_input_tokens = d.cached_input_tokens + excluded.cached_input_tokens,
      output_tokens = d.output_tokens + excluded.output_tokens, amount = d.amount + excluded.amount;
  return true;
end $$;

/* One call for each hold. False: not enough credit. */
create function bench.authorize_one(p_account uuid, p_hold uuid, p_amount bigint) returns boolean language plpgsql as $$
begin
  update bench.balances set held = held + p_amount where account_id = p_account and balance - held >= p_amount;
  if not found then return false; end if;
  insert into bench.holds values (p_account, p_hold, p_amount, now() + interval '10 minutes');
  return true;
end $$;

/* One call for each settlement: the hold goes, the rest is as for an event. */
create function bench.settle_one(
  p_account uuid, p_hold uuid, p_model text, p_input int, p_cached int, p_output int, p_amount bigint
) returns boolean language plpgsql as $$
declare
  was_held bigint;
  left_over bigint;
begin
  delete from bench.holds where account_id = p_account and hold_id = p_hold returning amount into was_held;
  if not found then return false; end if;
  update bench.balances set balance = balance - p_amount, held = held - was_held
    where account_id = p_account returning balance into left_over;
  insert into bench.events (amount, transfer_seq, recorded_at, month, input_tokens, cached_input_tokens, output_tokens,
                            account_id, event_key, hold_id, model)
    values (p_amount, 1, now(), date_trunc('month', now())::date, p_input, p_cached, p_output, p_account, p_hold, p_hold, p_model);
  insert into bench.transfers (account_id, kind, amount, balance_after, posted_at)
    values (p_account, 'usage', p_amount, left_over, now());
  insert into bench.days as d values (p_account, current_date, p_model, 1, p_input, p_cached, p_output, p_amount)
    on conflict (account_id, day, model) do update set events = d.events + 1, input_tokens = d.input_tokens + excluded.input_tokens,
      cached_input_tokens = d.cached_input_tokens + excluded.cached_input_tokens,
      output_tokens = d.output_tokens + excluded.output_tokens, amount = d.amount + excluded.amount;
  return true;
end $$;

/*
 * A slower disk, or a replica that must confirm: every transaction that changed a balance waits a millisecond before it
 * commits, once, with its locks held. Deferred triggers run at the commit, so nothing that is measured knows of it.
 */
create function bench.wait_before_commit() returns trigger language plpgsql as $$
declare
  transaction text := pg_current_xact_id()::text;
begin
  if current_setting('bench.waited', true) is distinct from transaction then
    perform set_config('bench.waited', transaction, true);
    perform pg_sleep(0.0005); -- it wakes at the next whole millisecond
  end if;
  return null;
end $$;
