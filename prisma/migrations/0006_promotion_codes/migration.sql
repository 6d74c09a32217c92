-- What a purchase's page offered, what was paid with, the gift of a promotion code, and Stripe's invoice.

alter table purchases
  add column page_terms jsonb,
  add column gift_grant_id uuid,
  add column promotion_code text,
  add column bank_name text,
  add column bank_last4 text,
  add column invoice_id text,
  add column invoice_number text,
  add column invoice_pdf_url text,
  add column hosted_invoice_url text,
  add column extra_payment_intent_ids text[] not null default '{}',
  add constraint purchases_account_id_gift_grant_id_fkey foreign key (account_id, gift_grant_id)
    references grants (account_id, grant_id) on delete restrict on update cascade,
  -- A discount is given as a gift, and nothing else is.
  add constraint purchases_gift check (
    (gift_grant_id is not null) = (state = 'paid' and coalesce(discount_cents, 0) > 0)
  ),
  add constraint purchases_paid_amounts check (
    state <> 'paid' or (coalesce(discount_cents, 0) between 0 and subtotal_cents and coalesce(tax_cents, 0) >= 0)
  );

-- Ended without money, and looked at a few times more: a page may be paid in its last second.
create index purchases_ended on purchases (last_checked_at) where state in ('failed', 'expired', 'canceled');
