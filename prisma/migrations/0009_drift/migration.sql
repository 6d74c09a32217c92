-- What a reconciliation of Stripe with our books found. House tables: a finding may be about an account, or about none.

create table drift_reports (
  report_id uuid not null,
  started_by text not null,
  state text not null,
  failure text,
  -- Objects of Stripe created from then on were compared; null: everything.
  since timestamptz(3),
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  counts jsonb not null,
  totals jsonb not null,
  constraint drift_reports_pkey primary key (report_id),
  constraint drift_reports_state check (state in ('waiting', 'running', 'finished', 'failed')),
  constraint drift_reports_end check ((state in ('finished', 'failed')) = (finished_at is not null))
);

create index drift_reports_started_at_idx on drift_reports (started_at);

create table drift_findings (
  report_id uuid not null,
  finding_id uuid not null,
  kind text not null,
  state text not null,
  about_account_id uuid,
  purchase_id uuid,
  payment_intent_id text,
  object_id text,
  currency text not null,
  at_stripe bigint,
  in_books bigint,
  sentence text not null,
  found_at timestamptz(3) not null,
  -- When a later reconciliation did not find it any more, or found it anew in its own report.
  resolved_at timestamptz(3),
  constraint drift_findings_pkey primary key (report_id, finding_id),
  constraint drift_findings_report_id_fkey foreign key (report_id) references drift_reports (report_id) on update cascade on delete restrict,
  constraint drift_findings_state check (state in ('open', 'healed', 'known'))
);

create index drift_findings_resolved_at_found_at_idx on drift_findings (resolved_at, found_at);

-- What a run has compared so far, one row a payment: its memory, forgotten when the run ends.
create table drift_payments (
  report_id uuid not null,
  -- The payment at Stripe, or "purchase:<id>" for a purchase without one.
  payment text not null,
  -- Of another program that shares the Stripe account: known, and in no sum.
  is_foreign boolean not null,
  about_account_id uuid,
  purchase_id uuid,
  currency text not null,
  charged bigint not null,
  refunded bigint not null,
  withdrawn bigint not null,
  expected bigint not null,
  booked_charged bigint not null,
  booked_refunded bigint not null,
  booked_withdrawn bigint not null,
  booked_tax bigint not null,
  booked_discount bigint not null,
  posted bigint not null,
  constraint drift_payments_pkey primary key (report_id, payment)
);

create index drift_payments_report_id_about_account_id_idx on drift_payments (report_id, about_account_id);

-- Until when a sweep has looked at what others keep.
create table sweep_marks (
  name text not null,
  swept_until timestamptz(3) not null,
  constraint sweep_marks_pkey primary key (name)
);

-- Purchases by the payment that paid them: the way from an object of Stripe's to our row.
create index purchases_payment_intent_id_idx on purchases (payment_intent_id);
-- And by their own id alone: metadata at Stripe may name the wrong account.
create index purchases_purchase_id_idx on purchases (purchase_id);

grant select, insert, update on drift_reports, drift_findings, sweep_marks to purse_app;
grant select, insert, update, delete on drift_payments to purse_app;
