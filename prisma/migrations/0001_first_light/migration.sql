-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "accounts" (
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'usd',
    "billing_mode" TEXT NOT NULL DEFAULT 'prepaid',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "next_time_zone" TEXT,
    "stripe_customer_id" TEXT,
    "billing_email" TEXT NOT NULL,
    "billing_name" TEXT NOT NULL DEFAULT '',
    "address_line1" TEXT NOT NULL DEFAULT '',
    "address_line2" TEXT NOT NULL DEFAULT '',
    "address_city" TEXT NOT NULL DEFAULT '',
    "address_state" TEXT NOT NULL DEFAULT '',
    "address_postal_code" TEXT NOT NULL DEFAULT '',
    "address_country" TEXT NOT NULL DEFAULT '',
    "tax_id_type" TEXT,
    "tax_id_value" TEXT,
    "suspended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "account_id" UUID NOT NULL,
    "entry_id" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "ip" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("account_id","entry_id")
);

-- CreateTable
CREATE TABLE "auto_top_up_settings" (
    "account_id" UUID NOT NULL,
    "is_on" BOOLEAN NOT NULL DEFAULT false,
    "minimum" BIGINT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'amount',
    "amount" BIGINT NOT NULL,
    "target" BIGINT NOT NULL,
    "monthly_limit" BIGINT,
    "consecutive_declines" INTEGER NOT NULL DEFAULT 0,
    "cooling_until" TIMESTAMPTZ(3),
    "paused_reason" TEXT,
    "paused_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "auto_top_up_settings_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "auto_top_up_attempts" (
    "account_id" UUID NOT NULL,
    "attempt_id" UUID NOT NULL,
    "purchase_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "stripe_payment_method_id" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "request" JSONB NOT NULL,
    "payment_intent_id" TEXT,
    "decline_code" TEXT,
    "advice_code" TEXT,
    "message" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "recovery_session_id" TEXT,
    "recovery_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "auto_top_up_attempts_pkey" PRIMARY KEY ("account_id","attempt_id")
);

-- CreateTable
CREATE TABLE "budgets" (
    "account_id" UUID NOT NULL,
    "budget_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "limit_amount" BIGINT,
    "warn_at_percent" INTEGER[] DEFAULT ARRAY[80]::INTEGER[],

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("account_id","budget_id")
);

-- CreateTable
CREATE TABLE "budget_periods" (
    "account_id" UUID NOT NULL,
    "budget_id" UUID NOT NULL,
    "period" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "spent" BIGINT NOT NULL DEFAULT 0,
    "warned_percent" INTEGER NOT NULL DEFAULT 0,
    "crossings" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "budget_periods_pkey" PRIMARY KEY ("account_id","budget_id","period")
);

-- CreateTable
CREATE TABLE "grants" (
    "account_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 100,
    "expires_at" TIMESTAMPTZ(3),
    "granted_at" TIMESTAMPTZ(3) NOT NULL,
    "transfer_seq" BIGINT NOT NULL,

    CONSTRAINT "grants_pkey" PRIMARY KEY ("account_id","grant_id")
);

-- CreateTable
CREATE TABLE "grant_draws" (
    "account_id" UUID NOT NULL,
    "transfer_seq" BIGINT NOT NULL,
    "grant_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "grant_draws_pkey" PRIMARY KEY ("account_id","transfer_seq","grant_id")
);

-- CreateTable
CREATE TABLE "account_balances" (
    "account_id" UUID NOT NULL,
    "currency" TEXT NOT NULL,
    "balance" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "last_seq" BIGINT NOT NULL DEFAULT 0,
    "last_hash" BYTEA NOT NULL,

    CONSTRAINT "account_balances_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "transfers" (
    "account_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "from_bucket" TEXT NOT NULL,
    "to_bucket" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "transfers_pkey" PRIMARY KEY ("account_id","seq")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" TIMESTAMPTZ(3),
    "name" TEXT,
    "image" TEXT,
    "operator_role" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "account_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("account_id","user_id")
);

-- CreateTable
CREATE TABLE "auth_accounts" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "refresh_token" TEXT,
    "access_token" TEXT,
    "expires_at" INTEGER,
    "token_type" TEXT,
    "scope" TEXT,
    "id_token" TEXT,
    "session_state" TEXT,

    CONSTRAINT "auth_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "session_token" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_tokens" (
    "identifier" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_tokens_pkey" PRIMARY KEY ("token")
);

-- CreateTable
CREATE TABLE "attempt_counts" (
    "subject" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL,

    CONSTRAINT "attempt_counts_pkey" PRIMARY KEY ("subject","window_start")
);

-- CreateTable
CREATE TABLE "notifications" (
    "account_id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("account_id","notification_id")
);

-- CreateTable
CREATE TABLE "mailbox_messages" (
    "id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mailbox_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "models" (
    "model" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "size_class" TEXT NOT NULL,

    CONSTRAINT "models_pkey" PRIMARY KEY ("model")
);

-- CreateTable
CREATE TABLE "prices" (
    "model" TEXT NOT NULL,
    "token_class" TEXT NOT NULL,
    "effective_from" TIMESTAMPTZ(3) NOT NULL,
    "currency" TEXT NOT NULL,
    "per_million" BIGINT NOT NULL,

    CONSTRAINT "prices_pkey" PRIMARY KEY ("model","token_class","effective_from")
);

-- CreateTable
CREATE TABLE "purchases" (
    "account_id" UUID NOT NULL,
    "purchase_id" UUID NOT NULL,
    "origin" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "state_reason" TEXT,
    "save_card" BOOLEAN NOT NULL DEFAULT false,
    "requested_by_user_id" UUID,
    "checkout_session_id" TEXT,
    "checkout_url" TEXT,
    "payment_intent_id" TEXT,
    "charge_id" TEXT,
    "receipt_url" TEXT,
    "receipt_number" TEXT,
    "card_brand" TEXT,
    "card_last4" TEXT,
    "subtotal_cents" BIGINT,
    "discount_cents" BIGINT,
    "tax_cents" BIGINT,
    "total_cents" BIGINT,
    "livemode" BOOLEAN NOT NULL DEFAULT false,
    "grant_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "paid_at" TIMESTAMPTZ(3),
    "last_checked_at" TIMESTAMPTZ(3),

    CONSTRAINT "purchases_pkey" PRIMARY KEY ("account_id","purchase_id")
);

-- CreateTable
CREATE TABLE "payment_methods" (
    "account_id" UUID NOT NULL,
    "payment_method_id" UUID NOT NULL,
    "stripe_payment_method_id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "exp_month" INTEGER NOT NULL,
    "exp_year" INTEGER NOT NULL,
    "fingerprint" TEXT,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "added_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_methods_pkey" PRIMARY KEY ("account_id","payment_method_id")
);

-- CreateTable
CREATE TABLE "stripe_events" (
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "api_version" TEXT,
    "object_id" TEXT,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_events_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "service_keys" (
    "key_id" UUID NOT NULL,
    "public_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "last_four" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "service_keys_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "clock" (
    "id" INTEGER NOT NULL,
    "offset_ms" BIGINT NOT NULL,

    CONSTRAINT "clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "holds" (
    "account_id" UUID NOT NULL,
    "hold_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "model" TEXT,
    "amount" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "settle_hash" BYTEA,
    "charged" BIGINT,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("account_id","hold_id")
);

-- CreateTable
CREATE TABLE "usage_events" (
    "account_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "model" TEXT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "beyond_amount" BIGINT NOT NULL DEFAULT 0,
    "hold_id" UUID,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "transfer_seq" BIGINT,

    CONSTRAINT "usage_events_pkey" PRIMARY KEY ("account_id","event_id")
);

-- CreateTable
CREATE TABLE "usage_days" (
    "account_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "model" TEXT NOT NULL,
    "events" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "usage_days_pkey" PRIMARY KEY ("account_id","day","model")
);

-- CreateIndex
CREATE INDEX "accounts_stripe_customer_id_idx" ON "accounts"("stripe_customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "grants_account_id_transfer_seq_key" ON "grants"("account_id", "transfer_seq");

-- CreateIndex
CREATE INDEX "grant_draws_account_id_grant_id_idx" ON "grant_draws"("account_id", "grant_id");

-- CreateIndex
CREATE UNIQUE INDEX "transfers_account_id_kind_cause_key" ON "transfers"("account_id", "kind", "cause");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "auth_accounts_provider_provider_account_id_key" ON "auth_accounts"("provider", "provider_account_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_session_token_key" ON "sessions"("session_token");

-- CreateIndex
CREATE UNIQUE INDEX "verification_tokens_identifier_token_key" ON "verification_tokens"("identifier", "token");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_account_id_kind_cause_key" ON "notifications"("account_id", "kind", "cause");

-- CreateIndex
CREATE INDEX "mailbox_messages_sent_at_idx" ON "mailbox_messages"("sent_at");

-- CreateIndex
CREATE INDEX "purchases_state_created_at_idx" ON "purchases"("state", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "payment_methods_account_id_stripe_payment_method_id_key" ON "payment_methods"("account_id", "stripe_payment_method_id");

-- CreateIndex
CREATE INDEX "stripe_events_status_received_at_idx" ON "stripe_events"("status", "received_at");

-- CreateIndex
CREATE UNIQUE INDEX "service_keys_public_id_key" ON "service_keys"("public_id");

-- CreateIndex
CREATE INDEX "holds_state_expires_at_idx" ON "holds"("state", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "holds_account_id_idempotency_key_key" ON "holds"("account_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "usage_events_account_id_recorded_at_idx" ON "usage_events"("account_id", "recorded_at");

-- AddForeignKey
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auto_top_up_settings" ADD CONSTRAINT "auto_top_up_settings_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auto_top_up_attempts" ADD CONSTRAINT "auto_top_up_attempts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auto_top_up_attempts" ADD CONSTRAINT "auto_top_up_attempts_account_id_purchase_id_fkey" FOREIGN KEY ("account_id", "purchase_id") REFERENCES "purchases"("account_id", "purchase_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_periods" ADD CONSTRAINT "budget_periods_account_id_budget_id_fkey" FOREIGN KEY ("account_id", "budget_id") REFERENCES "budgets"("account_id", "budget_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_account_id_transfer_seq_fkey" FOREIGN KEY ("account_id", "transfer_seq") REFERENCES "transfers"("account_id", "seq") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grant_draws" ADD CONSTRAINT "grant_draws_account_id_transfer_seq_fkey" FOREIGN KEY ("account_id", "transfer_seq") REFERENCES "transfers"("account_id", "seq") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grant_draws" ADD CONSTRAINT "grant_draws_account_id_grant_id_fkey" FOREIGN KEY ("account_id", "grant_id") REFERENCES "grants"("account_id", "grant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_balances" ADD CONSTRAINT "account_balances_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_accounts" ADD CONSTRAINT "auth_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prices" ADD CONSTRAINT "prices_model_fkey" FOREIGN KEY ("model") REFERENCES "models"("model") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_account_id_grant_id_fkey" FOREIGN KEY ("account_id", "grant_id") REFERENCES "grants"("account_id", "grant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holds" ADD CONSTRAINT "holds_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_account_id_transfer_seq_fkey" FOREIGN KEY ("account_id", "transfer_seq") REFERENCES "transfers"("account_id", "seq") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_days" ADD CONSTRAINT "usage_days_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("account_id") ON DELETE RESTRICT ON UPDATE CASCADE;


