-- Payments that a card's issuer reported as fraud before anybody disputed them. Only staff sees them; they move no money.
create table fraud_warnings (
  account_id uuid not null,
  stripe_warning_id text not null,
  purchase_id uuid not null,
  -- Stripe's own word: there may be one that does not exist yet.
  fraud_type text not null,
  -- Neither disputed nor refunded in full.
  is_actionable boolean not null,
  warned_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  constraint fraud_warnings_pkey primary key (account_id, stripe_warning_id),
  constraint fraud_warnings_account_id_purchase_id_fkey foreign key (account_id, purchase_id)
    references purchases (account_id, purchase_id) on delete restrict on update cascade
);
create index fraud_warnings_account_id_purchase_id_idx on fraud_warnings (account_id, purchase_id);

grant select, insert, update on fraud_warnings to purse_app;
