-- Credit that is taken back: refunds, chargebacks, expiry, and what they undo. A returned amount is a draw below zero.

alter table transfers drop constraint transfers_kind, add constraint transfers_kind check (
  (kind, from_bucket, to_bucket) in (
    ('signup_credit', 'promotions', 'credit'),
    ('purchase', 'payments', 'credit'),
    ('auto_top_up', 'payments', 'credit'),
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
alter table grant_draws drop constraint grant_draws_amount, add constraint grant_draws_amount check (amount <> 0);

create table refunds (
  account_id uuid not null,
  refund_id uuid not null,
  purchase_id uuid not null,
  origin text not null,
  state text not null,
  requested_by_user_id uuid,
  stripe_refund_id text,
  amount_cents bigint not null,
  credit bigint not null default 0,
  gift bigint not null default 0,
  currency text not null,
  movements integer not null default 0,
  reason text,
  failure_reason text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  closed_at timestamptz(3),
  next_try_at timestamptz(3),
  tries integer not null default 0,
  constraint refunds_pkey primary key (account_id, refund_id),
  constraint refunds_account_id_purchase_id_fkey foreign key (account_id, purchase_id)
    references purchases (account_id, purchase_id) on delete restrict on update cascade,
  constraint refunds_origin check (origin in ('customer', 'operator', 'stripe')),
  constraint refunds_state check (state in ('requested', 'pending', 'succeeded', 'failed', 'canceled')),
  constraint refunds_amounts check (amount_cents > 0 and credit >= 0 and gift >= 0 and movements >= 0 and tries >= 0),
  constraint refunds_known check (origin <> 'stripe' or stripe_refund_id is not null)
);
create unique index refunds_account_id_stripe_refund_id_key on refunds (account_id, stripe_refund_id);
create index refunds_account_id_purchase_id_idx on refunds (account_id, purchase_id);
create index refunds_state_next_try_at_idx on refunds (state, next_try_at);

create table disputes (
  account_id uuid not null,
  dispute_id uuid not null,
  purchase_id uuid not null,
  stripe_dispute_id text not null,
  -- Stripe's own word: there may be one that does not exist yet.
  status text not null,
  reason text,
  amount_cents bigint not null,
  withdrawn_cents bigint not null default 0,
  is_charge_refundable boolean not null default false,
  frozen bigint not null default 0,
  taken bigint not null default 0,
  gift bigint not null default 0,
  currency text not null,
  movements integer not null default 0,
  due_by timestamptz(3),
  opened_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  closed_at timestamptz(3),
  constraint disputes_pkey primary key (account_id, dispute_id),
  constraint disputes_account_id_purchase_id_fkey foreign key (account_id, purchase_id)
    references purchases (account_id, purchase_id) on delete restrict on update cascade,
  constraint disputes_amounts check (
    amount_cents > 0 and frozen >= 0 and taken >= 0 and gift >= 0 and movements >= 0 and (frozen = 0 or taken = 0)
  )
);
create unique index disputes_account_id_stripe_dispute_id_key on disputes (account_id, stripe_dispute_id);
create index disputes_account_id_purchase_id_idx on disputes (account_id, purchase_id);

grant select, insert, update on refunds, disputes to purse_app;
