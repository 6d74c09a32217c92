-- The database's own guards: what must hold even when a program is wrong.

-- Allow-lists and bounds -------------------------------------------------------------------------------------------

alter table accounts
  add constraint accounts_billing_mode check (billing_mode in ('prepaid')),
  add constraint accounts_currency check (currency ~ '^[a-z]{3}$');

alter table memberships
  add constraint memberships_role check (role in ('owner', 'admin', 'billing', 'developer', 'viewer'));

alter table users
  add constraint users_operator_role check (operator_role in ('support', 'finance', 'admin'));

alter table account_balances
  add constraint account_balances_held check (held >= 0),
  add constraint account_balances_hash check (octet_length(last_hash) = 32);

alter table transfers
  add constraint transfers_amount check (amount > 0 and amount <= 1000000000000000000),
  add constraint transfers_seq check (seq >= 1),
  add constraint transfers_hash check (octet_length(hash) = 32),
  add constraint transfers_cause check (cause ~ '^[a-z_]+:[!-~]+$' and length(cause) <= 200),
  add constraint transfers_kind check (
    (kind, from_bucket, to_bucket) in (
      ('signup_credit', 'promotions', 'credit'),
      ('purchase', 'payments', 'credit'),
      ('auto_top_up', 'payments', 'credit'),
      ('usage', 'credit', 'revenue')
    )
  );

alter table grants
  add constraint grants_source check (source in ('signup', 'purchase', 'auto_top_up', 'promotion', 'adjustment')),
  add constraint grants_amount check (amount > 0),
  add constraint grants_remaining check (remaining >= 0 and remaining <= amount);

alter table grant_draws add constraint grant_draws_amount check (amount > 0);

alter table prices
  add constraint prices_token_class check (token_class in ('input', 'cached_input', 'output')),
  add constraint prices_per_million check (per_million >= 0);

alter table models add constraint models_size_class check (size_class in ('small', 'medium', 'large'));

alter table holds
  add constraint holds_amount check (amount > 0),
  add constraint holds_state check (state in ('open', 'settled', 'released', 'expired')),
  add constraint holds_closed check ((state = 'open') = (closed_at is null)),
  add constraint holds_charged check (charged is null or charged >= 0);

alter table usage_events
  add constraint usage_events_tokens check (
    input_tokens >= 0 and cached_input_tokens >= 0 and output_tokens >= 0 and cached_input_tokens <= input_tokens
  ),
  add constraint usage_events_amount check (amount >= 0 and beyond_amount >= 0 and beyond_amount <= amount),
  add constraint usage_events_transfer check ((amount > 0) = (transfer_seq is not null));

alter table budgets
  add constraint budgets_scope check (scope in ('account')),
  add constraint budgets_window check ("window" in ('monthly')),
  add constraint budgets_limit check (limit_amount is null or limit_amount >= 0);

alter table budget_periods
  add constraint budget_periods_spent check (spent >= 0),
  add constraint budget_periods_bounds check (starts_at < ends_at);

alter table purchases
  add constraint purchases_origin check (origin in ('checkout', 'auto_top_up')),
  add constraint purchases_state check (
    state in ('open', 'processing', 'paid', 'failed', 'expired', 'canceled', 'quarantined')
  ),
  add constraint purchases_amount check (amount > 0 and amount % 10000000 = 0),
  add constraint purchases_grant check ((state = 'paid') = (grant_id is not null));

alter table stripe_events
  add constraint stripe_events_status check (status in ('received', 'processed', 'ignored', 'dead')),
  add constraint stripe_events_processed check ((status = 'processed') = (processed_at is not null));

alter table auto_top_up_settings
  add constraint auto_top_up_settings_mode check (mode in ('amount', 'target')),
  add constraint auto_top_up_settings_bounds check (
    minimum >= 0 and amount > 0 and target > minimum and (monthly_limit is null or monthly_limit >= 0)
    and consecutive_declines >= 0
  );

alter table auto_top_up_attempts
  add constraint auto_top_up_attempts_state check (
    state in ('charging', 'unknown', 'requires_action', 'succeeded', 'declined', 'canceled')
  ),
  add constraint auto_top_up_attempts_amount check (amount > 0),
  add constraint auto_top_up_attempts_closed check (
    (state in ('succeeded', 'declined', 'canceled')) = (closed_at is not null)
  );

-- One charge in flight per account (PRODUCT "Auto top-up").
create unique index auto_top_up_attempts_one_in_flight on auto_top_up_attempts (account_id)
  where state in ('charging', 'unknown', 'requires_action');

create unique index payment_methods_one_default on payment_methods (account_id) where is_default and removed_at is null;

-- What is written once stays as it was written ---------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'Post a new row that corrects the old one.';
end $$;

do $$
declare name text;
begin
  foreach name in array array['transfers', 'grant_draws', 'usage_events', 'audit_entries', 'prices'] loop
    execute format('create trigger %I before update or delete on %I for each row execute function refuse_change()', name || '_append_only', name);
    execute format('create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_no_truncate', name);
  end loop;
end $$;

-- The hot row is updated in place, within its page.
alter table account_balances set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);
alter table budget_periods set (fillfactor = 50);
alter table usage_days set (fillfactor = 70);

-- Work is enqueued with its cause: a job is a row of the same transaction ------------------------------------------

create function enqueue_job(task text, payload json, key text, run_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, payload, run_at := run_at, job_key := key, job_key_mode := 'replace');
end $$;

insert into clock (id, offset_ms) values (1, 0);

-- The programs run as a role that owns nothing, so no bug of theirs can switch a guard off -------------------------

do $$
begin
  if not exists (select from pg_roles where rolname = 'purse_app') then
    create role purse_app nologin;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this cluster was quicker
end $$;

do $$ begin execute format('grant purse_app to %I', current_user); end $$;

grant usage on schema public to purse_app;
grant select on all tables in schema public to purse_app;
grant insert on all tables in schema public to purse_app;
revoke insert on clock from purse_app;

grant update on accounts, users, memberships, auth_accounts, sessions, verification_tokens, attempt_counts,
  account_balances, holds, usage_days, budgets, budget_periods, purchases, payment_methods, stripe_events,
  auto_top_up_settings, auto_top_up_attempts, notifications, mailbox_messages, service_keys, models, clock to purse_app;
grant update (remaining) on grants to purse_app;
grant delete on auth_accounts, sessions, verification_tokens, attempt_counts, mailbox_messages to purse_app;

revoke all on function enqueue_job from public;
grant execute on function enqueue_job to purse_app;
