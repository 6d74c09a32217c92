-- A double-entry ledger in the pattern of pgledger: accounts with a running balance, a transfer with two entries that carry
-- the balance before and after, both accounts locked in the order of their ids, all in one function. In schema "pairs".

create table accounts (
  id uuid primary key,
  balance bigint not null default 0,
  version bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table transfers (
  id uuid primary key default uuidv7(),
  from_account_id uuid not null references accounts (id),
  to_account_id uuid not null references accounts (id),
  amount bigint not null,
  created_at timestamptz not null,
  event_at timestamptz not null,
  check (amount > 0 and from_account_id <> to_account_id)
);
create index on transfers (from_account_id);
create index on transfers (to_account_id);
create index on transfers (event_at);

create table entries (
  id uuid primary key default uuidv7(),
  account_id uuid not null references accounts (id),
  transfer_id uuid not null references transfers (id),
  amount bigint not null,
  balance_before bigint not null,
  balance_after bigint not null,
  account_version bigint not null,
  created_at timestamptz not null
);
create index on entries (account_id);
create index on entries (transfer_id);

create function create_transfer(p_from uuid, p_to uuid, p_amount bigint) returns uuid
language plpgsql set search_path = pairs, pg_temp as $$
declare
  transfer uuid;
  payer accounts;
  payee accounts;
begin
  perform 1 from accounts where id = least(p_from, p_to) for update;
  perform 1 from accounts where id = greatest(p_from, p_to) for update;
  update accounts set balance = balance - p_amount, version = version + 1, updated_at = now()
    where id = p_from returning * into payer;
  update accounts set balance = balance + p_amount, version = version + 1, updated_at = now()
    where id = p_to returning * into payee;
  insert into transfers (from_account_id, to_account_id, amount, created_at, event_at)
    values (p_from, p_to, p_amount, now(), now()) returning id into transfer;
  insert into entries (account_id, transfer_id, amount, balance_before, balance_after, account_version, created_at)
    values (p_from, transfer, -p_amount, payer.balance + p_amount, payer.balance, payer.version, now()),
           (p_to, transfer, p_amount, payee.balance - p_amount, payee.balance, payee.version, now());
  return transfer;
end $$;
