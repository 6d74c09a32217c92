-- The hash of a movement takes in the grant that it brought and what it drew from grants, so that these cannot be changed
-- unnoticed either. What was posted before keeps its hash: form 1.
alter table transfers
  add column hash_form smallint not null default 1,
  add constraint transfers_hash_form check (hash_form in (1, 2));

alter table grants
  -- When it was to expire when it was granted; null: never. Of transfers of form 2 only. `expires_at` may be brought forward.
  add column first_expires_at timestamptz(3);
