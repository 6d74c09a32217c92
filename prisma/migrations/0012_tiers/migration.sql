-- Tiers, token limits that follow the use of each model, and requests for more.

alter table accounts
  -- The highest tier ever reached; 0: none yet. It never falls.
  add column tier smallint not null default 0,
  -- Unlimited by contract, since then.
  add column unlimited_since timestamptz(3),
  -- The operator's own token limits, for each model alike: they stay as they are. Null: the rule.
  add column prompt_tokens_per_minute bigint,
  add column uncached_tokens_per_minute bigint,
  add column generated_tokens_per_minute bigint,
  add constraint accounts_tier check (tier between 0 and 4),
  add constraint accounts_tokens_per_minute check (
    (prompt_tokens_per_minute is null) = (uncached_tokens_per_minute is null)
    and (prompt_tokens_per_minute is null) = (generated_tokens_per_minute is null)
    and prompt_tokens_per_minute > 0 and uncached_tokens_per_minute > 0 and generated_tokens_per_minute > 0
  );

create table account_tiers (
  account_id uuid not null,
  tier smallint not null,
  reached_at timestamptz(3) not null,
  because text not null,
  constraint account_tiers_pkey primary key (account_id, tier),
  constraint account_tiers_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint account_tiers_tier check (tier between 1 and 4),
  constraint account_tiers_because check (because in ('means', 'added', 'used'))
);

-- What the operator decided for the whole house. A change is a new version: the table is its own log.
create table house_settings (
  name text not null,
  version integer not null,
  value jsonb not null,
  changed_by text not null,
  changed_at timestamptz(3) not null,
  constraint house_settings_pkey primary key (name, version)
);

create table token_limits (
  account_id uuid not null,
  model text not null,
  -- When the limits began at their start: at the first use, or the first one after 72 idle hours.
  started_at timestamptz(3) not null,
  used_at timestamptz(3) not null,
  prompt_limit bigint not null,
  uncached_limit bigint not null,
  generated_limit bigint not null,
  prompt_raised_at timestamptz(3),
  uncached_raised_at timestamptz(3),
  generated_raised_at timestamptz(3),
  -- Raised or lowered.
  prompt_changed_at timestamptz(3),
  uncached_changed_at timestamptz(3),
  generated_changed_at timestamptz(3),
  -- The clock minute of the counters below.
  minute timestamptz(3) not null,
  -- What requests were admitted with: the most that they may use, corrected when they end within the minute.
  prompt_admitted bigint not null,
  uncached_admitted bigint not null,
  generated_admitted bigint not null,
  -- What was used, as recorded in the minute.
  prompt_used bigint not null,
  uncached_used bigint not null,
  generated_used bigint not null,
  -- The quarter of an hour of the minute: its use up to that minute, and the highest of its minutes.
  prompt_quarter bigint not null,
  uncached_quarter bigint not null,
  generated_quarter bigint not null,
  prompt_peak bigint not null,
  uncached_peak bigint not null,
  generated_peak bigint not null,
  constraint token_limits_pkey primary key (account_id, model),
  constraint token_limits_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint token_limits_limits check (prompt_limit > 0 and uncached_limit > 0 and generated_limit > 0),
  constraint token_limits_counts check (
    prompt_admitted >= 0 and uncached_admitted >= 0 and generated_admitted >= 0
    and prompt_used >= 0 and uncached_used >= 0 and generated_used >= 0
  )
) with (fillfactor = 50);

-- Finished quarters of an hour with use: what a limit is lowered by, and what the graph shows. Kept for eight days.
create table token_limit_quarters (
  account_id uuid not null,
  model text not null,
  quarter timestamptz(3) not null,
  prompt_used bigint not null,
  uncached_used bigint not null,
  generated_used bigint not null,
  prompt_peak bigint not null,
  uncached_peak bigint not null,
  generated_peak bigint not null,
  constraint token_limit_quarters_pkey primary key (account_id, model, quarter),
  constraint token_limit_quarters_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade
);

create table token_limit_changes (
  account_id uuid not null,
  model text not null,
  kind text not null,
  at timestamptz(3) not null,
  limit_before bigint not null,
  limit_after bigint not null,
  because text not null,
  constraint token_limit_changes_pkey primary key (account_id, model, kind, at),
  constraint token_limit_changes_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint token_limit_changes_kind check (kind in ('prompt', 'uncached', 'generated')),
  constraint token_limit_changes_because check (because in ('raised', 'lowered', 'idle'))
);

create table limit_requests (
  account_id uuid not null,
  request_id uuid not null,
  asked_by uuid not null,
  kind text not null,
  -- Of token limits: the model; null: every model.
  model text,
  reason text not null,
  state text not null,
  decided_by text,
  decided_at timestamptz(3),
  note text,
  created_at timestamptz(3) not null,
  constraint limit_requests_pkey primary key (account_id, request_id),
  constraint limit_requests_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint limit_requests_kind check (kind in ('requests', 'tokens', 'tier')),
  constraint limit_requests_state check (state in ('open', 'granted', 'declined', 'withdrawn')),
  constraint limit_requests_words check (length(reason) between 1 and 500 and length(note) <= 500),
  constraint limit_requests_decided check (
    (state = 'open') = (decided_at is null) and (state = 'open') = (decided_by is null)
  )
);
-- One open request of a kind.
create unique index limit_requests_one_open on limit_requests (account_id, kind) where state = 'open';

-- The tokens that a hold was admitted with, and the minute in which they count.
alter table holds
  add column reserved_minute timestamptz(3),
  add column reserved_prompt bigint,
  add column reserved_uncached bigint,
  add column reserved_generated bigint,
  add constraint holds_reserved check (
    (reserved_minute is null) = (reserved_prompt is null)
    and (reserved_minute is null) = (reserved_uncached is null)
    and (reserved_minute is null) = (reserved_generated is null)
  );

grant select, insert on account_tiers, house_settings, token_limit_changes to purse_app;
grant select, insert, update on token_limits, limit_requests to purse_app;
grant select, insert, update, delete on token_limit_quarters to purse_app;
