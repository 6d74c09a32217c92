-- What each member wants to hear of, and how; when credit counts as low.

create table notification_choices (
  account_id uuid not null,
  user_id uuid not null,
  topic text not null,
  channel text not null,
  is_on boolean not null,
  constraint notification_choices_pkey primary key (account_id, user_id, topic, channel),
  constraint notification_choices_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint notification_choices_channel check (channel in ('email', 'in_app', 'webhook'))
);

-- A member's own address that takes messages as Slack does.
create table notification_webhooks (
  account_id uuid not null,
  user_id uuid not null,
  url text not null,
  created_at timestamptz(3) not null,
  -- Messages in a row that the address did not take.
  failures integer not null default 0,
  last_error text,
  last_tried_at timestamptz(3),
  -- Given up until the member saves the address again.
  stopped_at timestamptz(3),
  constraint notification_webhooks_pkey primary key (account_id, user_id),
  constraint notification_webhooks_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade
);

-- What has gone out, to whom and how: a job that runs again repeats nothing that is known to have arrived.
create table notification_deliveries (
  account_id uuid not null,
  notification_id uuid not null,
  user_id uuid not null,
  channel text not null,
  sent_at timestamptz(3) not null,
  constraint notification_deliveries_pkey primary key (account_id, notification_id, user_id, channel)
);

-- Until when a member has seen what is listed in the dashboard.
create table notification_reads (
  account_id uuid not null,
  user_id uuid not null,
  read_until timestamptz(3) not null,
  constraint notification_reads_pkey primary key (account_id, user_id),
  constraint notification_reads_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade
);

-- Whether an account's credit is low. No row: not looked at yet.
create table low_balance_watches (
  account_id uuid not null,
  -- Nanos. Null: nobody wants to know.
  threshold bigint default 5000000000,
  is_low boolean not null,
  -- Counts crossings: one that comes after a recovery is a new one.
  crossings integer not null default 0,
  constraint low_balance_watches_pkey primary key (account_id),
  constraint low_balance_watches_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint low_balance_watches_threshold check (threshold >= 0)
);

create index notifications_account_id_created_at_notification_id_idx on notifications (account_id, created_at, notification_id);

grant select, insert, update on notification_choices, notification_webhooks, notification_reads, low_balance_watches to purse_app;
grant select, insert on notification_deliveries to purse_app;
grant delete on notification_webhooks to purse_app;
