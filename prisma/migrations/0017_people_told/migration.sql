-- In which language people are told, from which devices they have signed in, and whose pause by a cap is over.

alter table users
  -- The language that their browser asked for when they signed in last: mails speak it until a person chooses one.
  add column browser_locale text,
  add constraint users_browser_locale check (browser_locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$');

-- A browser that a person has signed in with, by a cookie that it keeps.
create table sign_in_devices (
  user_id uuid not null,
  -- SHA-256 of the cookie: a copy of this table imitates no device.
  device_hash bytea not null,
  first_seen_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  -- As it was when the device was first seen.
  ip text,
  user_agent text,
  constraint sign_in_devices_pkey primary key (user_id, device_hash),
  constraint sign_in_devices_user_id_fkey foreign key (user_id) references users (id) on delete cascade on update cascade
);

-- Whoever is signed in has signed in before: their next sign-in from a browser without the cookie is news to them.
insert into sign_in_devices (user_id, device_hash, first_seen_at, last_seen_at, ip, user_agent)
select user_id, sha256(convert_to(session_token, 'UTF8')), created_at, last_seen_at, ip, user_agent from sessions;

grant select, insert, update on sign_in_devices to purse_app;

-- Months that end with their cap reached are few, and looked for each minute.
create index budget_periods_reached_idx on budget_periods (ends_at) where warned_percent >= 100;
