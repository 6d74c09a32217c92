-- API keys of accounts, budgets of keys and members, and requests for more.

create table api_keys (
  account_id uuid not null,
  key_id uuid not null,
  public_id text not null,
  secret_hash bytea not null,
  last_four text not null,
  name text not null,
  scopes text[] not null,
  member_user_id uuid not null,
  created_by uuid not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  -- Of a secret that was rotated away: the key it was of. It resolves to that key until the grace is over.
  rotated_from uuid,
  grace_until timestamptz(3),
  revoked_at timestamptz(3),
  constraint api_keys_pkey primary key (account_id, key_id),
  constraint api_keys_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint api_keys_public_id check (public_id ~ '^[a-z2-7]{8}$'),
  constraint api_keys_secret_hash check (octet_length(secret_hash) = 32),
  constraint api_keys_name check (length(name) between 1 and 64),
  constraint api_keys_scopes check (cardinality(scopes) >= 1 and scopes <@ array['spend', 'read']),
  constraint api_keys_rotated check ((rotated_from is null) = (grace_until is null)),
  constraint api_keys_expires_at check (expires_at > created_at)
);
create unique index api_keys_account_id_public_id_key on api_keys (account_id, public_id);
-- Gateways may send the hash alone.
create unique index api_keys_account_id_secret_hash_key on api_keys (account_id, secret_hash);

alter table budgets
  -- The key or the user; null: the account itself.
  add column subject_id uuid,
  -- Nanos in open holds of the key or the member; of the account it stands in account_balances.
  add column held bigint not null default 0,
  drop constraint budgets_scope,
  drop constraint budgets_window,
  add constraint budgets_scope check (scope in ('account', 'key', 'member')),
  add constraint budgets_window check ("window" in ('daily', 'weekly', 'monthly', 'lifetime')),
  add constraint budgets_subject check ((scope = 'account') = (subject_id is null)),
  add constraint budgets_account check (scope <> 'account' or "window" = 'monthly'),
  add constraint budgets_limit_of_subject check (scope = 'account' or limit_amount is not null),
  add constraint budgets_held check (held >= 0 and (held = 0 or scope <> 'account'));
create unique index budgets_account_id_scope_subject_id_window_key
  on budgets (account_id, scope, subject_id, "window") nulls not distinct;
-- Held credit changes with each request.
alter table budgets set (fillfactor = 50);
-- A budget of a key or a member that is removed is gone; the audit log keeps what it was.
grant delete on budgets, budget_periods to purse_app;

create table budget_requests (
  account_id uuid not null,
  request_id uuid not null,
  -- Without a foreign key: the request outlives a budget that is removed.
  budget_id uuid not null,
  scope text not null,
  subject_id uuid,
  "window" text not null,
  asked_by uuid not null,
  -- The limit at that time.
  limit_amount bigint not null,
  asked_limit bigint not null,
  reason text not null,
  state text not null,
  decided_by uuid,
  decided_at timestamptz(3),
  note text,
  created_at timestamptz(3) not null,
  constraint budget_requests_pkey primary key (account_id, request_id),
  constraint budget_requests_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint budget_requests_state check (state in ('open', 'approved', 'declined', 'withdrawn')),
  constraint budget_requests_scope check (scope in ('account', 'key', 'member')),
  constraint budget_requests_window check ("window" in ('daily', 'weekly', 'monthly', 'lifetime')),
  constraint budget_requests_amounts check (limit_amount >= 0 and asked_limit > limit_amount),
  constraint budget_requests_words check (length(reason) <= 500 and length(note) <= 500),
  constraint budget_requests_decided check (
    (state = 'open') = (decided_at is null) and (state = 'open') = (decided_by is null)
  )
);
-- One open request of a member for a budget.
create unique index budget_requests_one_open on budget_requests (account_id, budget_id, asked_by) where state = 'open';

grant select, insert, update on api_keys, budget_requests to purse_app;
