-- Who a request is for within its account: the API key that it came with, the member whom the key belongs to, and what the
-- caller says it is for (a project, a feature). Usage without a key is the account's alone.

alter table holds
  add column key_id uuid,
  add column member_id uuid,
  add column tag text,
  add constraint holds_member check (member_id is null or key_id is not null),
  add constraint holds_tag check (char_length(tag) between 1 and 64 and tag !~ '[\u0001-\u001F\u007F-\u009F]');

alter table usage_events
  add column key_id uuid,
  add column member_id uuid,
  add column tag text,
  add constraint usage_events_member check (member_id is null or key_id is not null),
  add constraint usage_events_tag check (char_length(tag) between 1 and 64 and tag !~ '[\u0001-\u001F\u007F-\u009F]');

-- In a rollup the nil UUID and the empty tag stand for none: a primary key holds no nulls.
alter table usage_days
  add column key_id uuid not null default '00000000-0000-0000-0000-000000000000',
  add column member_id uuid not null default '00000000-0000-0000-0000-000000000000',
  add column tag text not null default '',
  drop constraint usage_days_pkey,
  add constraint usage_days_pkey primary key (account_id, day, model, key_id, member_id, tag);

alter table usage_hours
  add column key_id uuid not null default '00000000-0000-0000-0000-000000000000',
  add column member_id uuid not null default '00000000-0000-0000-0000-000000000000',
  add column tag text not null default '',
  drop constraint usage_hours_pkey,
  add constraint usage_hours_pkey primary key (account_id, hour, model, key_id, member_id, tag);
