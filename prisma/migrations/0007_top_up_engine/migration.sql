-- Auto top-up as an engine: limits that hold over all accounts, switches that stop it, and a timeline that says why.

-- Declines of a card, whichever account tried it. Card networks count by the card.
create table card_declines (
  fingerprint text not null,
  attempt_id uuid not null,
  at timestamptz(3) not null,
  constraint card_declines_pkey primary key (fingerprint, attempt_id)
);

-- What the platform's staff, or a breaker, has switched for every account.
create table house_switches (
  name text not null,
  is_on boolean not null,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz(3) not null,
  constraint house_switches_pkey primary key (name)
);

-- Who switched what, when and why. Append-only.
create table house_switch_changes (
  change_id uuid not null,
  name text not null,
  is_on boolean not null,
  reason text not null,
  changed_by text not null,
  ip text,
  at timestamptz(3) not null,
  constraint house_switch_changes_pkey primary key (change_id)
);
create index house_switch_changes_name_at_idx on house_switch_changes (name, at);
create trigger house_switch_changes_append_only before update or delete on house_switch_changes
  for each row execute function refuse_change();
create trigger house_switch_changes_no_truncate before truncate on house_switch_changes
  for each statement execute function refuse_change();

-- Why nothing was charged although credit was low, and what ended a wait: the timeline between the attempts.
create table auto_top_up_notes (
  account_id uuid not null,
  note_id uuid not null,
  reason text not null,
  amount bigint,
  currency text not null,
  at timestamptz(3) not null,
  constraint auto_top_up_notes_pkey primary key (account_id, note_id),
  constraint auto_top_up_notes_account_id_fkey foreign key (account_id) references accounts (account_id)
    on delete restrict on update cascade
);
create index auto_top_up_notes_account_id_at_idx on auto_top_up_notes (account_id, at);
create index auto_top_up_notes_at_idx on auto_top_up_notes (at);

alter table auto_top_up_attempts
  -- The card that was charged: its fingerprint, or the payment method's id where Stripe gives none.
  add column card text,
  add column network_advice_code text;
update auto_top_up_attempts t set card = coalesce(
  (select m.fingerprint from payment_methods m
    where m.account_id = t.account_id and m.stripe_payment_method_id = t.stripe_payment_method_id),
  t.stripe_payment_method_id
);
alter table auto_top_up_attempts alter column card set not null;
-- How many charges there were lately, and on one card, over all accounts.
create index auto_top_up_attempts_created_at_idx on auto_top_up_attempts (created_at);
create index auto_top_up_attempts_card_in_flight on auto_top_up_attempts (card) where state in ('charging', 'unknown');

alter table auto_top_up_settings
  -- The card that a wait or a pause is about, and since when: another card, or a purchase since then, ends it.
  add column card_in_trouble text,
  add column in_trouble_since timestamptz(3);
update auto_top_up_settings s set
  card_in_trouble = (
    select t.card from auto_top_up_attempts t where t.account_id = s.account_id and t.state <> 'succeeded'
     order by t.created_at desc, t.attempt_id desc limit 1
  ),
  in_trouble_since = coalesce(s.paused_at, s.updated_at)
where s.paused_reason is not null or s.consecutive_declines > 0;

insert into card_declines (fingerprint, attempt_id, at)
  select card, attempt_id, closed_at from auto_top_up_attempts where state = 'declined';

grant select, insert on card_declines, house_switch_changes, auto_top_up_notes to purse_app;
grant select, insert, update on house_switches to purse_app;
