-- Post-paid: contracts, requests for one, month-end invoices with their lines, and credit notes on them.

alter table accounts
  drop constraint accounts_billing_mode,
  -- Nanos that usage may go beyond credit, as the contract in force says; 0: prepaid. Changed under the balance row's lock.
  add column credit_limit bigint not null default 0,
  -- Usage is paused since then because of an invoice that was not paid.
  add column payment_paused_at timestamptz(3),
  add constraint accounts_billing_mode check (billing_mode in ('prepaid', 'postpaid')),
  add constraint accounts_credit_limit check (
    credit_limit >= 0 and credit_limit <= 1000000000000000000 and (billing_mode = 'postpaid') = (credit_limit > 0)
  );

create table contracts (
  account_id uuid not null,
  contract_id uuid not null,
  credit_limit bigint not null,
  currency text not null,
  payment_terms_days integer not null,
  -- send_invoice: the customer pays from the invoice. charge_automatically: the saved card is charged.
  collection text not null,
  po_number text,
  note text,
  started_at timestamptz(3) not null,
  started_by text not null,
  -- How far invoices have come: everything up to here is closed, and these are the transfers up to it.
  billed_until timestamptz(3) not null,
  billed_seq bigint not null,
  -- When the next billing month can be closed.
  next_close_at timestamptz(3) not null,
  ended_at timestamptz(3),
  ended_by text,
  constraint contracts_pkey primary key (account_id, contract_id),
  constraint contracts_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint contracts_terms check (
    credit_limit > 0 and credit_limit <= 1000000000000000000 and payment_terms_days between 0 and 365
    and length(po_number) <= 30 and length(note) <= 500
  ),
  constraint contracts_collection check (collection in ('send_invoice', 'charge_automatically')),
  constraint contracts_ended check ((ended_at is null) = (ended_by is null) and ended_at >= started_at)
);
-- One contract in force.
create unique index contracts_one_open on contracts (account_id) where ended_at is null;
create index contracts_next_close_at_idx on contracts (next_close_at) where ended_at is null;

create table postpaid_requests (
  account_id uuid not null,
  request_id uuid not null,
  asked_by uuid not null,
  -- Nanos of usage that the customer expects in a month.
  expected_monthly bigint not null,
  currency text not null,
  note text not null,
  state text not null,
  decided_by text,
  decided_at timestamptz(3),
  decision_note text,
  created_at timestamptz(3) not null,
  constraint postpaid_requests_pkey primary key (account_id, request_id),
  constraint postpaid_requests_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint postpaid_requests_state check (state in ('open', 'approved', 'declined', 'withdrawn')),
  constraint postpaid_requests_words check (
    expected_monthly > 0 and length(note) between 1 and 500 and length(decision_note) <= 500
  ),
  constraint postpaid_requests_decided check (
    (state = 'open') = (decided_at is null) and (state = 'open') = (decided_by is null)
  )
);
create unique index postpaid_requests_one_open on postpaid_requests (account_id) where state = 'open';

create table invoices (
  account_id uuid not null,
  invoice_id uuid not null,
  contract_id uuid not null,
  -- monthly: of a billing month that is over. final: of a contract that ended.
  kind text not null,
  period text not null,
  -- What its usage lines are of: transfers after from_seq up to through_seq, recorded between these instants.
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  time_zone text not null,
  from_seq bigint not null,
  through_seq bigint not null,
  -- Asked for, before tax.
  amount_cents bigint not null,
  currency text not null,
  -- intended: not at Stripe yet; then Stripe's own states.
  state text not null,
  collection text not null,
  payment_terms_days integer not null,
  po_number text,
  -- What was paid without tax; once paid.
  paid_cents bigint,
  tax_cents bigint not null default 0,
  stripe_customer_id text,
  stripe_invoice_id text,
  number text,
  hosted_url text,
  pdf_url text,
  due_at timestamptz(3),
  -- Why it was not paid yet: payment_failed or action_required.
  problem text,
  problem_message text,
  -- The last reminder, by its days after the due date.
  reminded_days integer,
  tries integer not null default 0,
  next_try_at timestamptz(3),
  created_at timestamptz(3) not null,
  finalized_at timestamptz(3),
  paid_at timestamptz(3),
  -- Voided, or given up as uncollectible.
  closed_at timestamptz(3),
  last_checked_at timestamptz(3),
  -- Of a voided one: the later invoice that took up what it asked for.
  carried_to uuid,
  constraint invoices_pkey primary key (account_id, invoice_id),
  constraint invoices_account_id_contract_id_fkey foreign key (account_id, contract_id)
    references contracts (account_id, contract_id) on delete restrict on update cascade,
  constraint invoices_kind check (kind in ('monthly', 'final')),
  constraint invoices_state check (state in ('intended', 'draft', 'open', 'paid', 'void', 'uncollectible')),
  constraint invoices_collection check (collection in ('send_invoice', 'charge_automatically')),
  constraint invoices_problem check (problem in ('payment_failed', 'action_required')),
  constraint invoices_bounds check (starts_at <= ends_at and from_seq >= 0 and from_seq <= through_seq),
  constraint invoices_amounts check (amount_cents > 0 and paid_cents >= 0 and tax_cents >= 0 and tries >= 0),
  constraint invoices_paid check (
    (state = 'paid') = (paid_at is not null) and (state = 'paid') = (paid_cents is not null)
  ),
  constraint invoices_known check (state = 'intended' or stripe_invoice_id is not null)
);
-- One invoice of a billing month, and one of a contract's end.
create unique index invoices_one_monthly on invoices (account_id, period) where kind = 'monthly';
create unique index invoices_one_final on invoices (account_id, contract_id) where kind = 'final';
create unique index invoices_account_id_stripe_invoice_id_key on invoices (account_id, stripe_invoice_id);
create index invoices_state_next_try_at_idx on invoices (state, next_try_at);
create index invoices_stripe_invoice_id_idx on invoices (stripe_invoice_id);

-- What an invoice is made of. Written once, before Stripe is told.
create table invoice_lines (
  account_id uuid not null,
  invoice_id uuid not null,
  line integer not null,
  -- usage: of a model. earlier: outstanding from before. credit: credit that was used first, below zero.
  kind text not null,
  model text,
  amount_cents bigint not null,
  -- Exact nanos of what the line is of.
  amount bigint not null,
  events bigint,
  input_tokens bigint,
  cached_input_tokens bigint,
  output_tokens bigint,
  constraint invoice_lines_pkey primary key (account_id, invoice_id, line),
  constraint invoice_lines_account_id_invoice_id_fkey foreign key (account_id, invoice_id)
    references invoices (account_id, invoice_id) on delete restrict on update cascade,
  constraint invoice_lines_kind check (kind in ('usage', 'earlier', 'credit') and (kind = 'usage') = (model is not null)),
  constraint invoice_lines_usage check (
    (kind = 'usage') = (events is not null) and (kind = 'usage') = (input_tokens is not null)
    and (kind = 'usage') = (cached_input_tokens is not null) and (kind = 'usage') = (output_tokens is not null)
  ),
  constraint invoice_lines_sign check (case when kind = 'credit' then amount_cents < 0 else amount_cents >= 0 end)
);

-- What was taken off an open invoice because credit had paid for it meanwhile.
create table invoice_credit_notes (
  account_id uuid not null,
  credit_note_id uuid not null,
  invoice_id uuid not null,
  -- Before tax.
  amount_cents bigint not null,
  -- intended: not at Stripe yet. canceled: the invoice was paid or voided before.
  state text not null,
  stripe_credit_note_id text,
  number text,
  tries integer not null default 0,
  next_try_at timestamptz(3),
  created_at timestamptz(3) not null,
  closed_at timestamptz(3),
  constraint invoice_credit_notes_pkey primary key (account_id, credit_note_id),
  constraint invoice_credit_notes_account_id_invoice_id_fkey foreign key (account_id, invoice_id)
    references invoices (account_id, invoice_id) on delete restrict on update cascade,
  constraint invoice_credit_notes_state check (state in ('intended', 'issued', 'canceled')),
  constraint invoice_credit_notes_amount check (amount_cents > 0 and tries >= 0),
  constraint invoice_credit_notes_closed check (
    (state = 'intended') = (closed_at is null) and (state = 'issued') = (stripe_credit_note_id is not null)
  )
);
-- One under way for an invoice.
create unique index invoice_credit_notes_one_open on invoice_credit_notes (account_id, invoice_id) where state = 'intended';
create index invoice_credit_notes_account_id_invoice_id_idx on invoice_credit_notes (account_id, invoice_id);
create index invoice_credit_notes_state_next_try_at_idx on invoice_credit_notes (state, next_try_at);

create trigger invoice_lines_append_only before update or delete on invoice_lines for each row execute function refuse_change();
create trigger invoice_lines_no_truncate before truncate on invoice_lines for each statement execute function refuse_change();

-- The payment of an invoice pays debt; what it brings beyond that is credit.
alter table transfers drop constraint transfers_kind, add constraint transfers_kind check (
  (kind, from_bucket, to_bucket) in (
    ('signup_credit', 'promotions', 'credit'),
    ('purchase', 'payments', 'credit'),
    ('auto_top_up', 'payments', 'credit'),
    ('invoice_payment', 'payments', 'credit'),
    ('usage', 'credit', 'revenue'),
    ('promotion', 'promotions', 'credit'),
    ('promotion_returned', 'credit', 'promotions'),
    ('signup_credit_returned', 'credit', 'promotions'),
    ('refund', 'credit', 'payments'),
    ('refund_reversed', 'payments', 'credit'),
    ('dispute_frozen', 'credit', 'disputed'),
    ('dispute_released', 'disputed', 'credit'),
    ('dispute_lost', 'credit', 'payments'),
    ('dispute_won_back', 'payments', 'credit'),
    ('expiry', 'credit', 'expired')
  )
);
alter table grants drop constraint grants_source, add constraint grants_source check (
  source in ('signup', 'purchase', 'auto_top_up', 'promotion', 'adjustment', 'invoice_payment')
);

grant select, insert, update on contracts, postpaid_requests, invoices, invoice_credit_notes to purse_app;
grant select, insert on invoice_lines to purse_app;
