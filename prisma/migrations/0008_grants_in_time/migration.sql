-- Grants in time: when credit expires, who was warned of it, and who had the signup credit.

-- What was done about a grant's expiry. Neither changes with usage, nor do the indexes look at what is left: an ordinary draw stays
-- within its page.
alter table grants
  -- The nearest warning that was sent, in days before the expiry.
  add column warned_days integer,
  -- Expired, with nothing left: no sweep needs to look again.
  add column is_over boolean not null default false,
  add constraint grants_warned_days check (warned_days in (1, 7, 30));
create index grants_account_id_expires_at_idx on grants (account_id, expires_at) where expires_at is not null and not is_over;
create index grants_expires_at_idx on grants (expires_at) where expires_at is not null and not is_over;
grant update (expires_at, warned_days, is_over) on grants to purse_app;

-- Signup credit is given once for each verified address and each payment instrument, whichever account comes with it. Keyed hashes
-- alone: the values cannot be read from them.
create table signup_claims (
  kind text not null,
  value_hash bytea not null,
  account_id uuid not null,
  claimed_at timestamptz(3) not null,
  constraint signup_claims_pkey primary key (kind, value_hash),
  -- before: signup credit of the time before claims, known by its account alone.
  constraint signup_claims_kind check (kind in ('email', 'fingerprint', 'before')),
  constraint signup_claims_hash check (octet_length(value_hash) = 32)
);
create index signup_claims_account_id_idx on signup_claims (account_id);
grant select, insert on signup_claims to purse_app;

insert into signup_claims (kind, value_hash, account_id, claimed_at)
select 'before', sha256(uuid_send(account_id)), account_id, posted_at from transfers where kind = 'signup_credit';
