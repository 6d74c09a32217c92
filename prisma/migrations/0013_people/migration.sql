-- Invitations, what is known of a session, and the audit log read newest first.

create table invitations (
  account_id uuid not null,
  invitation_id uuid not null,
  email text not null,
  role text not null,
  -- SHA-256 of the mailed link's secret: a copy of this table lets nobody in.
  token_hash bytea not null,
  invited_by uuid not null,
  created_at timestamptz(3) not null,
  mailed_at timestamptz(3),
  expires_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  accepted_by uuid,
  revoked_at timestamptz(3),
  constraint invitations_pkey primary key (account_id, invitation_id),
  constraint invitations_account_id_fkey foreign key (account_id) references accounts (account_id) on delete restrict on update cascade,
  constraint invitations_role check (role in ('owner', 'admin', 'billing', 'developer', 'viewer')),
  constraint invitations_accepted check ((accepted_at is null) = (accepted_by is null)),
  constraint invitations_one_end check (accepted_at is null or revoked_at is null)
);

create unique index invitations_account_id_token_hash_key on invitations (account_id, token_hash);
-- An address has one invitation that is open.
create unique index invitations_one_open on invitations (account_id, email) where accepted_at is null and revoked_at is null;

grant select, insert, update on invitations to purse_app;
-- Leaving an account takes the membership away; what the person did there stays in the audit log.
grant delete on memberships to purse_app;

alter table users
  -- The language that the person chose; null: what their browser asks for.
  add column locale text,
  -- The account that they looked at last: a new session begins there, while they belong to it.
  add column last_account_id uuid,
  add constraint users_locale check (locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$');

alter table sessions
  add column created_at timestamptz(3) not null default now(),
  -- Written at most every five minutes.
  add column last_seen_at timestamptz(3) not null default now(),
  add column ip text,
  add column user_agent text,
  -- The account chosen in this browser.
  add column chosen_account_id uuid;

-- A session lasts thirty days from its beginning.
update sessions set created_at = expires - interval '30 days', last_seen_at = expires - interval '30 days';

create index sessions_user_id_idx on sessions (user_id);

-- The address of the person as it was then; null for what no person did, and for entries from before this was kept.
alter table audit_entries add column actor_email text;
create index audit_entries_account_id_at_entry_id_idx on audit_entries (account_id, at, entry_id);
