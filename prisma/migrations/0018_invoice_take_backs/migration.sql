-- The payment of an invoice is refunded and disputed as a purchase's is: it stands among them, under its invoice's id.

alter table purchases
  drop constraint purchases_origin,
  add constraint purchases_origin check (origin in ('checkout', 'auto_top_up', 'invoice')),
  -- Written once it is paid, by one payment of Stripe's.
  add constraint purchases_invoice check (
    origin <> 'invoice' or (state = 'paid' and payment_intent_id is not null and gift_grant_id is null)
  );

alter table invoices
  -- How a paid one was paid. payment: by one payment of Stripe's. other: outside of Stripe, or by several. null: not looked at yet.
  add column paid_by text,
  add constraint invoices_paid_by check (paid_by in ('payment', 'other') and (paid_by is null or paid_cents > 0));

-- Those that were paid before this was asked are looked at again.
create index invoices_paid_by_idx on invoices (last_checked_at) where state = 'paid' and paid_cents > 0 and paid_by is null;
