-- Months of usage events that were exported and dropped. What the books need of them stays: sums that the transfers, the
-- rollups and the holds can be held against, and the digest of the archive.

create table retired_months (
  month date not null,
  events bigint not null,
  amount bigint not null,
  beyond_amount bigint not null,
  archive text not null,
  archive_bytes bigint not null,
  archive_sha256 bytea not null,
  retired_at timestamptz(3) not null,
  constraint retired_months_pkey primary key (month),
  constraint retired_months_first_day check (month = date_trunc('month', month)::date),
  constraint retired_months_sums check (events >= 0 and amount >= 0 and beyond_amount between 0 and amount),
  constraint retired_months_archive check (archive_bytes > 0 and octet_length(archive_sha256) = 32)
);

-- Local days do not end with the UTC month: what counts in the month's last day or a later one is summed apart, and can be
-- held against the days of the month that follows.
create table retired_usage (
  account_id uuid not null,
  month date not null,
  model text not null,
  in_last_day boolean not null,
  events bigint not null,
  input_tokens bigint not null,
  cached_input_tokens bigint not null,
  output_tokens bigint not null,
  amount bigint not null,
  beyond_amount bigint not null,
  hold_amount bigint not null,
  constraint retired_usage_pkey primary key (account_id, month, model, in_last_day),
  constraint retired_usage_sums check (
    events > 0 and amount >= 0 and beyond_amount between 0 and amount and hold_amount between 0 and amount
  )
);

do $$
declare name text;
begin
  foreach name in array array['retired_months', 'retired_usage'] loop
    execute format('create trigger %I before update or delete on %I for each row execute function refuse_change()', name || '_append_only', name);
    execute format('create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_no_truncate', name);
  end loop;
end $$;

-- Only the owner of the database retires.
grant select on retired_months, retired_usage to purse_app;
