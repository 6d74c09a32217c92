/** Written by generate.mjs from the gate's OpenAPI document. Do not edit. */
export interface paths {
  '/v1/authorizations': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Hold credit for a request before it runs
     * @description One atomic decision against every limit. The hold is the most that the request can cost. A refusal is not remembered: the same key may be tried again.
     */
    post: operations['authorize']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/authorizations/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** An authorization as it is now */
    get: operations['getAuthorization']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/authorizations/{id}/extend': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Hold more for a stream that runs on, or for longer
     * @description Amounts are new totals. Only the difference must be available; a refusal changes nothing, and its max_affordable is the largest new total.
     */
    post: operations['extendAuthorization']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/authorizations/{id}/progress': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Report the usage of a stream so far
     * @description Counts from the beginning of the request, so a report may be lost or repeated. A stream that dies is charged for its last report when its hold expires. A report of less than was reported before changes nothing.
     */
    post: operations['reportProgress']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/authorizations/{id}/settle': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Charge what the request used and free the rest
     * @description More than was held is charged in full. A hold that expired is charged what its last report has not covered, once.
     */
    post: operations['settleAuthorization']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/authorizations/{id}/release': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Give a hold back unused */
    post: operations['releaseAuthorization']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/usage': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Report usage after the fact, in a batch
     * @description As JSON, NDJSON or CloudEvents 1.0 (structured, batched or binary). Each event is decided alone and in order, and answered by its index: accepted, duplicate (a repeat of the same id changes nothing) or refused with a code. The call succeeds when the batch itself is well formed.
     */
    post: operations['recordUsage']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/accounts/{account_id}/usage/{event_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Why an event cost what it cost
     * @description Tokens times the prices of that time, the one rounding, the credit that it burned with the receipts it came from, and the budgets that it counts against. Every sum is exact.
     */
    get: operations['explainCharge']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/leases': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Set credit aside for a gateway that decides in its own memory
     * @description A lease is one large hold. Spend it down, settle in batches, and give back what is left.
     */
    post: operations['openLease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/leases/{id}/settle': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Charge a batch of events to a lease, and refill it
     * @description Each event is decided alone and answered by its index, as in POST /v1/usage. The refill may be refused while the events are charged.
     */
    post: operations['settleLease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/leases/{id}/release': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Give back what is left of a lease */
    post: operations['releaseLease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/accounts/{account_id}/balance': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The balance of an account at this moment */
    get: operations['getBalance']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/prices': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The price list in force */
    get: operations['listPrices']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether this process answers
     * @description Says nothing of the database: a gate without one answers 503 to what needs it, and recovers by itself.
     */
    get: operations['getHealth']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    AuthorizeRequest:
      | {
          /**
           * Format: uuid
           * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
           */
          account_id: string
          /**
           * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
           * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
           */
          api_key?: string
          /**
           * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
           * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
           */
          api_key_hash?: string
          /**
           * @description What the usage is for: a project, a feature. Reports can be split by it.
           * @example search
           */
          tag?: string
          /**
           * @description Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.
           * @example req-8f14e45f
           */
          idempotency_key?: string
          /**
           * @description A model of the price list (GET /v1/prices)
           * @example kimi-k2p7-code
           */
          model?: string
          /**
           * @description Prompt tokens
           * @example 1200
           */
          input_tokens?: number
          /**
           * @description Those of input_tokens that a cache is expected to have. They do not count for the limit on uncached prompt tokens; the hold is the same. Left out: none.
           * @example 1200
           */
          cached_input_tokens?: number
          /**
           * @description The most tokens that may be generated
           * @example 1200
           */
          max_output_tokens?: number
          /**
           * @description The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens; sent, it alone counts.
           * @example 0.25
           */
          max_cost: string
          /**
           * @description When the hold ends by itself. Extend it for a long stream.
           * @default 600
           */
          expires_in_seconds?: number
        }
      | {
          /**
           * Format: uuid
           * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
           */
          account_id: string
          /**
           * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
           * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
           */
          api_key?: string
          /**
           * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
           * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
           */
          api_key_hash?: string
          /**
           * @description What the usage is for: a project, a feature. Reports can be split by it.
           * @example search
           */
          tag?: string
          /**
           * @description Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.
           * @example req-8f14e45f
           */
          idempotency_key?: string
          /**
           * @description A model of the price list (GET /v1/prices)
           * @example kimi-k2p7-code
           */
          model: string
          /**
           * @description Prompt tokens
           * @example 1200
           */
          input_tokens: number
          /**
           * @description Those of input_tokens that a cache is expected to have. They do not count for the limit on uncached prompt tokens; the hold is the same. Left out: none.
           * @example 1200
           */
          cached_input_tokens?: number
          /**
           * @description The most tokens that may be generated
           * @example 1200
           */
          max_output_tokens: number
          /**
           * @description The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens; sent, it alone counts.
           * @example 0.25
           */
          max_cost?: string
          /**
           * @description When the hold ends by itself. Extend it for a long stream.
           * @default 600
           */
          expires_in_seconds?: number
        }
      | {
          /**
           * Format: uuid
           * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
           */
          account_id?: string
          /**
           * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
           * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
           */
          api_key: string
          /**
           * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
           * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
           */
          api_key_hash?: string
          /**
           * @description What the usage is for: a project, a feature. Reports can be split by it.
           * @example search
           */
          tag?: string
          /**
           * @description Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.
           * @example req-8f14e45f
           */
          idempotency_key?: string
          /**
           * @description A model of the price list (GET /v1/prices)
           * @example kimi-k2p7-code
           */
          model?: string
          /**
           * @description Prompt tokens
           * @example 1200
           */
          input_tokens?: number
          /**
           * @description Those of input_tokens that a cache is expected to have. They do not count for the limit on uncached prompt tokens; the hold is the same. Left out: none.
           * @example 1200
           */
          cached_input_tokens?: number
          /**
           * @description The most tokens that may be generated
           * @example 1200
           */
          max_output_tokens?: number
          /**
           * @description The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens; sent, it alone counts.
           * @example 0.25
           */
          max_cost: string
          /**
           * @description When the hold ends by itself. Extend it for a long stream.
           * @default 600
           */
          expires_in_seconds?: number
        }
      | {
          /**
           * Format: uuid
           * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
           */
          account_id?: string
          /**
           * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
           * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
           */
          api_key: string
          /**
           * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
           * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
           */
          api_key_hash?: string
          /**
           * @description What the usage is for: a project, a feature. Reports can be split by it.
           * @example search
           */
          tag?: string
          /**
           * @description Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.
           * @example req-8f14e45f
           */
          idempotency_key?: string
          /**
           * @description A model of the price list (GET /v1/prices)
           * @example kimi-k2p7-code
           */
          model: string
          /**
           * @description Prompt tokens
           * @example 1200
           */
          input_tokens: number
          /**
           * @description Those of input_tokens that a cache is expected to have. They do not count for the limit on uncached prompt tokens; the hold is the same. Left out: none.
           * @example 1200
           */
          cached_input_tokens?: number
          /**
           * @description The most tokens that may be generated
           * @example 1200
           */
          max_output_tokens: number
          /**
           * @description The most that the request can cost. Left out, it is computed from model, input_tokens and max_output_tokens; sent, it alone counts.
           * @example 0.25
           */
          max_cost?: string
          /**
           * @description When the hold ends by itself. Extend it for a long stream.
           * @default 600
           */
          expires_in_seconds?: number
        }
    ExtendRequest:
      | {
          /**
           * @description The new total to hold, not the difference. A total that is not above what is held changes nothing.
           * @example 0.25
           */
          max_cost: string
          /**
           * @description The new total of prompt tokens, priced with the model of the hold
           * @example 1200
           */
          input_tokens?: number
          /**
           * @description The new total of tokens that may be generated
           * @example 1200
           */
          max_output_tokens?: number
          /** @description The new end, counted from now. An earlier end than the present one changes nothing. */
          expires_in_seconds?: number
          /** @description Your id of this extension. May be sent as the header Idempotency-Key instead. Not needed. */
          idempotency_key?: string
        }
      | {
          /**
           * @description The new total to hold, not the difference. A total that is not above what is held changes nothing.
           * @example 0.25
           */
          max_cost?: string
          /**
           * @description The new total of prompt tokens, priced with the model of the hold
           * @example 1200
           */
          input_tokens: number
          /**
           * @description The new total of tokens that may be generated
           * @example 1200
           */
          max_output_tokens: number
          /** @description The new end, counted from now. An earlier end than the present one changes nothing. */
          expires_in_seconds?: number
          /** @description Your id of this extension. May be sent as the header Idempotency-Key instead. Not needed. */
          idempotency_key?: string
        }
      | {
          /**
           * @description The new total to hold, not the difference. A total that is not above what is held changes nothing.
           * @example 0.25
           */
          max_cost?: string
          /**
           * @description The new total of prompt tokens, priced with the model of the hold
           * @example 1200
           */
          input_tokens?: number
          /**
           * @description The new total of tokens that may be generated
           * @example 1200
           */
          max_output_tokens?: number
          /** @description The new end, counted from now. An earlier end than the present one changes nothing. */
          expires_in_seconds: number
          /** @description Your id of this extension. May be sent as the header Idempotency-Key instead. Not needed. */
          idempotency_key?: string
        }
    /** @description The usage of the request so far, from its beginning. */
    ProgressRequest: {
      /**
       * @description May be left out when the authorization named it
       * @example kimi-k2p7-code
       */
      model?: string
      /**
       * @description Prompt tokens, the cached ones included
       * @example 1200
       */
      input_tokens: number
      /**
       * @description The part of input_tokens that was cached
       * @default 0
       * @example 1200
       */
      cached_input_tokens?: number
      /**
       * @description Generated tokens
       * @example 87
       */
      output_tokens: number
      /** @description The new end, counted from now. An earlier end than the present one changes nothing. */
      expires_in_seconds?: number
    }
    /** @description What the request used. */
    SettleRequest: {
      /**
       * @description May be left out when the authorization named it
       * @example kimi-k2p7-code
       */
      model?: string
      /**
       * @description Prompt tokens, the cached ones included
       * @example 1200
       */
      input_tokens: number
      /**
       * @description The part of input_tokens that was cached
       * @default 0
       * @example 1200
       */
      cached_input_tokens?: number
      /**
       * @description Generated tokens
       * @example 87
       */
      output_tokens: number
    }
    Authorization: {
      /** @example auth_019aa3b27c117e5f9a513f6f2f6f9f105b1c1e0a9d3f8b77a2c46d0e51f3aa10 */
      id: string
      /**
       * Format: uuid
       * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
       */
      account_id: string
      /**
       * Format: uuid
       * @description The API key that it counts for; null: the account alone
       * @example null
       */
      api_key_id: string | null
      /** @example null */
      tag: string | null
      /** @enum {string} */
      state: 'open' | 'settled' | 'released' | 'expired'
      /**
       * @description What is held, or was while it was open
       * @example 0.00314
       */
      amount: string
      /**
       * @description ISO 4217 in lower case
       * @example usd
       */
      currency: string
      model: string | null
      /** @description What was charged; null when nothing was */
      charged: string | null
      /** @description The last usage that was reported; what is charged when the hold expires */
      reported: {
        model: string
        input_tokens: number
        cached_input_tokens: number
        output_tokens: number
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        cost: string
      } | null
      /**
       * @description What the account has left for other requests after this call
       * @example 0.00314
       */
      available: string
      /**
       * Format: date-time
       * @example 2026-03-02T09:15:00.000Z
       */
      created_at: string
      /**
       * Format: date-time
       * @example 2026-03-02T09:15:00.000Z
       */
      expires_at: string
    }
    Charge: {
      /** @description Your id; null of what came of a hold */
      event_id: string | null
      /** Format: uuid */
      event_key: string
      /** @description How it came; null: it was reported after the fact */
      source: ('settle' | 'expiry' | 'late' | 'lease') | null
      /**
       * Format: date-time
       * @example 2026-03-02T09:15:00.000Z
       */
      recorded_at: string
      occurred_at: string | null
      /**
       * Format: date-time
       * @description The instant whose prices hold
       * @example 2026-03-02T09:15:00.000Z
       */
      priced_at: string
      model: string
      /** @description Whose usage it is; null: the account’s alone */
      api_key: {
        id: string
        name: string | null
      } | null
      member: {
        id: string
        name: string | null
      } | null
      tag: string | null
      /** @example usd */
      currency: string
      /** @description Tokens times the price of that time. Of a late settle: of the whole request. */
      lines: {
        /** @enum {string} */
        token_class: 'input' | 'cached_input' | 'output'
        /** @description input: without the cached ones */
        tokens: number
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        per_million: string
        /**
         * Format: date-time
         * @example 2026-03-02T09:15:00.000Z
         */
        effective_from: string
        /**
         * @description Decimal string with every digit
         * @example 0.001488
         */
        amount: string
      }[]
      /**
       * @description Of the lines
       * @example 0.001488
       */
      sum: string
      /**
       * @description The sum, rounded once, half up, to the nano
       * @example 0.00314
       */
      rounded: string
      /** @description Of a late settle: what was charged when its hold expired. charged is the rest. */
      already_charged: string | null
      /**
       * @description Nothing, unless the price list was changed in hindsight
       * @example 0.00314
       */
      difference: string
      /**
       * @description Decimal string, exact to the nano-dollar. Never a float.
       * @example 0.00314
       */
      charged: string
      /** @description The movement of the ledger that charged it, with how many events; null when it cost nothing */
      transfer: {
        /**
         * @description The number of the movement in the account’s ledger
         * @example 42
         */
        seq: string
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        amount: string
        /**
         * Format: date-time
         * @example 2026-03-02T09:15:00.000Z
         */
        posted_at: string
        events: number
      } | null
      /** @description Where the charge went; they add up to it. grant: burned there. repaid: recorded below zero, and paid later by credit that arrived. owed: not paid yet. */
      parts: {
        /** @enum {string} */
        kind: 'grant' | 'repaid' | 'owed'
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        amount: string
        repaid_at: string | null
        repaid_by: string | null
        grant: {
          /** Format: uuid */
          id: string
          /** @enum {string} */
          source: 'signup' | 'purchase' | 'auto_top_up' | 'promotion' | 'adjustment' | 'invoice_payment'
          /**
           * Format: date-time
           * @example 2026-03-02T09:15:00.000Z
           */
          granted_at: string
          /** @description Paid by a promotion code at that purchase */
          is_gift: boolean
          receipt: {
            /** Format: uuid */
            purchase_id: string
            paid_at: string | null
            receipt_url: string | null
            receipt_number: string | null
            invoice_pdf_url: string | null
            invoice_number: string | null
          } | null
        } | null
      }[]
      /** @description The budgets that it counts against */
      budgets: {
        /** @enum {string} */
        scope: 'account' | 'key' | 'member'
        /** @enum {string} */
        window: 'daily' | 'weekly' | 'monthly' | 'lifetime'
        subject: {
          id: string
          name: string | null
        } | null
        /** @example 2026-03 */
        period: string
        /**
         * Format: date-time
         * @example 2026-03-02T09:15:00.000Z
         */
        starts_at: string
        /**
         * Format: date-time
         * @example 2026-03-02T09:15:00.000Z
         */
        ends_at: string
        limit: string | null
        /**
         * @description What the whole period has spent up to now
         * @example 0.00314
         */
        spent: string
      }[]
    }
    LeaseEvent: {
      /**
       * @description Unique within the account; a repeat changes nothing
       * @example evt-20260302-000017
       */
      id: string
      /**
       * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
       * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
       */
      api_key?: string
      /**
       * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
       * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
       */
      api_key_hash?: string
      /**
       * @description What the usage is for: a project, a feature. Reports can be split by it.
       * @example search
       */
      tag?: string
      /**
       * @description A model of the price list (GET /v1/prices)
       * @example kimi-k2p7-code
       */
      model: string
      /**
       * @description Prompt tokens, the cached ones included
       * @example 1200
       */
      input_tokens: number
      /**
       * @description The part of input_tokens that was cached
       * @default 0
       * @example 1200
       */
      cached_input_tokens?: number
      /**
       * @description Generated tokens
       * @example 87
       */
      output_tokens: number
      /**
       * Format: date-time
       * @description When it was used, at most 90 days ago: it chooses the price. Left out: now.
       * @example 2026-03-02T09:15:00.000Z
       */
      occurred_at?: string
    }
    UsageEvent: {
      /**
       * @description Unique within the account; a repeat changes nothing
       * @example evt-20260302-000017
       */
      id: string
      /**
       * Format: uuid
       * @description Left out: the account of the whole batch
       * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
       */
      account_id?: string
      /**
       * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
       * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
       */
      api_key?: string
      /**
       * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
       * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
       */
      api_key_hash?: string
      /**
       * @description What the usage is for: a project, a feature. Reports can be split by it.
       * @example search
       */
      tag?: string
      /**
       * @description A model of the price list (GET /v1/prices)
       * @example kimi-k2p7-code
       */
      model: string
      /**
       * @description Prompt tokens, the cached ones included
       * @example 1200
       */
      input_tokens: number
      /**
       * @description The part of input_tokens that was cached
       * @default 0
       * @example 1200
       */
      cached_input_tokens?: number
      /**
       * @description Generated tokens
       * @example 87
       */
      output_tokens: number
      /**
       * Format: date-time
       * @description When it was used, at most 90 days ago: it chooses the price. Left out: now.
       * @example 2026-03-02T09:15:00.000Z
       */
      occurred_at?: string
    }
    CloudEventData: {
      /**
       * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
       * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
       */
      api_key?: string
      /**
       * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
       * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
       */
      api_key_hash?: string
      /**
       * @description What the usage is for: a project, a feature. Reports can be split by it.
       * @example search
       */
      tag?: string
      /**
       * @description A model of the price list (GET /v1/prices)
       * @example kimi-k2p7-code
       */
      model: string
      /**
       * @description Prompt tokens, the cached ones included
       * @example 1200
       */
      input_tokens: number
      /**
       * @description The part of input_tokens that was cached
       * @default 0
       * @example 1200
       */
      cached_input_tokens?: number
      /**
       * @description Generated tokens
       * @example 87
       */
      output_tokens: number
    }
    /** @description CloudEvents 1.0. Extension attributes are taken and not kept. */
    CloudEvent: {
      /** @constant */
      specversion: '1.0'
      /** @constant */
      type: 'purse.usage'
      /**
       * Format: uri-reference
       * @description Who reports. Use one source for an account: see id.
       */
      source: string
      /**
       * @description Becomes the id of the event: unique within the account, whatever the source.
       * @example evt-20260302-000017
       */
      id: string
      /**
       * Format: uuid
       * @description The account. Left out: account_id of the query
       * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
       */
      subject?: string
      /**
       * Format: date-time
       * @description When it was used, at most 90 days ago: it chooses the price. Left out: now.
       * @example 2026-03-02T09:15:00.000Z
       */
      time?: string
      /** @example application/json */
      datacontenttype?: string
      data: components['schemas']['CloudEventData']
    } & {
      [key: string]: unknown
    }
    UsageRequest: {
      /**
       * Format: uuid
       * @description The account of every event that names none
       * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
       */
      account_id?: string
      /**
       * @description What to do with an event that the account cannot pay. refuse (if nothing is said): it is refused by its place in the batch. record: it is recorded in full and the balance may go below zero.
       * @enum {string}
       */
      beyond_credit?: 'refuse' | 'record'
      events: components['schemas']['UsageEvent'][]
    }
    UsageResult: {
      /** @description The place of the event in the request, from 0 */
      index: number
      id: string | null
      /** @enum {string} */
      status: 'accepted' | 'duplicate' | 'refused'
      /**
       * @description What the event was charged
       * @example 0.00314
       */
      amount?: string
      /**
       * @description Why it was refused
       * @example unknown_model
       */
      code?: string
      /** @description What to correct */
      field?: string
      message?: string
    }
    UsageAnswer: {
      accepted: number
      duplicates: number
      refused: number
      results: components['schemas']['UsageResult'][]
    }
    LeaseRequest:
      | {
          /**
           * Format: uuid
           * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
           */
          account_id: string
          /**
           * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
           * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
           */
          api_key?: string
          /**
           * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
           * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
           */
          api_key_hash?: string
          /**
           * @description What the usage is for: a project, a feature. Reports can be split by it.
           * @example search
           */
          tag?: string
          /**
           * @description How much credit to set aside
           * @example 5.00
           */
          amount: string
          /**
           * @description Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.
           * @example req-8f14e45f
           */
          idempotency_key?: string
          /**
           * @description When what is left goes back by itself. Settling may move the end.
           * @default 300
           */
          expires_in_seconds?: number
        }
      | {
          /**
           * Format: uuid
           * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
           */
          account_id?: string
          /**
           * @description The API key that the customer sent, whole: it names the account, so account_id is left out. The usage counts for the key and for its member.
           * @example purse_ak_agnkhmt4cfpf7gsrh5xs633pcabcdefgh_0123456789012345678901234567890123456789012
           */
          api_key: string
          /**
           * @description Instead of api_key, beside account_id: the SHA-256 of the whole key in hexadecimal
           * @example 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
           */
          api_key_hash?: string
          /**
           * @description What the usage is for: a project, a feature. Reports can be split by it.
           * @example search
           */
          tag?: string
          /**
           * @description How much credit to set aside
           * @example 5.00
           */
          amount: string
          /**
           * @description Your id of this request: the same key with the same request gives the same answer, with another request 409. May be sent as the header Idempotency-Key instead; one of the two is needed.
           * @example req-8f14e45f
           */
          idempotency_key?: string
          /**
           * @description When what is left goes back by itself. Settling may move the end.
           * @default 300
           */
          expires_in_seconds?: number
        }
    SettleLeaseRequest: {
      events: components['schemas']['LeaseEvent'][]
      /**
       * @description Refill: how much unspent credit the lease shall hold after the events are charged
       * @example 5.00
       */
      amount?: string
      /** @description The new end, counted from now; only ever later */
      expires_in_seconds?: number
    }
    Lease: {
      /** @example lease_019aa3b27c117e5f9a513f6f2f6f9f100f7a64c2be1a8d5590c2e8817b3d4e21 */
      id: string
      /**
       * Format: uuid
       * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
       */
      account_id: string
      /**
       * Format: uuid
       * @description The API key that it counts for; null: the account alone
       * @example null
       */
      api_key_id: string | null
      /** @example null */
      tag: string | null
      /** @enum {string} */
      state: 'open' | 'released' | 'expired'
      /**
       * @description What is unspent and held
       * @example 0.00314
       */
      amount: string
      /** @example usd */
      currency: string
      /**
       * @description What the account has left outside the lease
       * @example 0.00314
       */
      available: string
      /**
       * Format: date-time
       * @example 2026-03-02T09:15:00.000Z
       */
      created_at: string
      /**
       * Format: date-time
       * @example 2026-03-02T09:15:00.000Z
       */
      expires_at: string
    }
    SettleLeaseAnswer: {
      lease: components['schemas']['Lease']
      accepted: number
      duplicates: number
      refused: number
      results: components['schemas']['UsageResult'][]
      /** @description Why the refill was refused; null when it was not. The events are charged all the same. */
      refill: {
        code: string
        detail: string
        max_affordable: string | null
      } | null
    }
    Balance: {
      /**
       * Format: uuid
       * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
       */
      account_id: string
      /** @example usd */
      currency: string
      /**
       * @description Decimal string, exact to the nano-dollar. Never a float.
       * @example 0.00314
       */
      balance: string
      /**
       * @description The part that running requests and leases hold
       * @example 0.00314
       */
      held: string
      /**
       * @description balance − held
       * @example 0.00314
       */
      available: string
      /**
       * @description How far usage may go beyond that by contract; 0.00 for a prepaid account
       * @example 0.00314
       */
      credit_limit: string
      /**
       * Format: date-time
       * @example 2026-03-02T09:15:00.000Z
       */
      as_of: string
    }
    Prices: {
      prices: {
        model: string
        name: string
        currency: string
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        input_per_million: string
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        cached_input_per_million: string
        /**
         * @description Decimal string, exact to the nano-dollar. Never a float.
         * @example 0.00314
         */
        output_per_million: string
      }[]
    }
    Health: {
      /** @constant */
      ok: true
    }
    Problem: {
      /** @example urn:purse:problem:credits_exhausted */
      type: string
      title: string
      status: number
      /** @description What happened, what it means for the money, and what to do */
      detail: string
      /**
       * @description Stable: decide by this
       * @example credits_exhausted
       */
      code: string
      /** @description What to correct */
      field?: string
      issues?: {
        field: string
        message: string
      }[]
      account_id?: string
      /**
       * @description What the request may cost
       * @example 0.00314
       */
      required?: string
      /**
       * @description The most that the same call would be given now; of an extension, the largest new total
       * @example 0.00314
       */
      max_affordable?: string
      currency?: string
      /** @description The budget that binds */
      budget?: {
        /** @enum {string} */
        scope: 'account' | 'key' | 'member'
        /** @enum {string} */
        window: 'daily' | 'weekly' | 'monthly' | 'lifetime'
        /** @description The API key or the member; null: the account */
        subject_id: string | null
        subject_name: string | null
      }
      /**
       * @description Of that budget
       * @example 0.00314
       */
      limit?: string
      /**
       * @description Of that budget, in its present period
       * @example 0.00314
       */
      spent?: string
      /** @description When the budget begins anew; null: never */
      resets_at?: string | null
      /** @description As the header Retry-After */
      retry_after_seconds?: number
      /** @description Of a closed hold */
      state?: string
      most_bytes?: number
      line?: number
      column?: number
      /** @description Of a failure on our side: quote it to the operator */
      reference?: string
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: {
    /** @description Names this request in our log */
    'X-Request-Id': string
    /** @description Seconds */
    'Retry-After': number
    /** @description Bearer */
    'WWW-Authenticate': string
    /**
     * @description The limits of the account: q requests, and q tokens of the model that the request names, in w seconds (draft-ietf-httpapi-ratelimit-headers-10)
     * @example "requests";q=6000;w=60, "tokens-prompt";q=3600000;w=60;qu="tokens", "tokens-prompt-uncached";q=900000;w=60;qu="tokens", "tokens-generated";q=36000;w=60;qu="tokens"
     */
    'RateLimit-Policy': string
    /**
     * @description What remains of them: r; t seconds until they begin anew
     * @example "requests";r=5999;t=42, "tokens-prompt";r=3598800;t=42, "tokens-prompt-uncached";r=898800;t=42, "tokens-generated";r=35500;t=42
     */
    RateLimit: string
    /** @description Requests in a minute */
    'x-ratelimit-limit-requests': number
    /** @description What remains of them */
    'x-ratelimit-remaining-requests': number
    /** @description Seconds until the limit begins anew */
    'x-ratelimit-reset-requests': number
    /** @description Prompt tokens of the model in a minute */
    'x-ratelimit-limit-tokens-prompt': number
    /** @description What remains of them */
    'x-ratelimit-remaining-tokens-prompt': number
    /** @description Seconds until the limit begins anew */
    'x-ratelimit-reset-tokens-prompt': number
    /** @description Prompt tokens of the model that no cache has in a minute */
    'x-ratelimit-limit-tokens-prompt-uncached': number
    /** @description What remains of them */
    'x-ratelimit-remaining-tokens-prompt-uncached': number
    /** @description Seconds until the limit begins anew */
    'x-ratelimit-reset-tokens-prompt-uncached': number
    /** @description Generated tokens of the model in a minute */
    'x-ratelimit-limit-tokens-generated': number
    /** @description What remains of them */
    'x-ratelimit-remaining-tokens-generated': number
    /** @description Seconds until the limit begins anew */
    'x-ratelimit-reset-tokens-generated': number
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  authorize: {
    parameters: {
      query?: never
      header?: {
        /** @description Instead of idempotency_key in the body */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['AuthorizeRequest']
      }
    }
    responses: {
      /** @description The same key asked before: the same hold, as it is now */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description Held: run the request, then settle */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description invalid_request: The request is malformed. unknown_model: Unknown model. invalid_amount: The amount is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed. api_key_invalid: The API key is not valid */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description credits_exhausted: Credits are used up. budget_reached: A budget is reached. payment_past_due: An invoice is past due */
      402: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed. payment_method_required: A payment method is needed. account_suspended: The account is suspended */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description idempotency_conflict: The key was used for another request */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_too_large: The request is larger than a rate limit */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description credits_held: Credit is held by running requests. budget_held: The budget is held by running requests. rate_limited: A rate limit is reached */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now. top_up_in_progress: A top-up is under way */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  getAuthorization: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example auth_019aa3b27c117e5f9a513f6f2f6f9f105b1c1e0a9d3f8b77a2c46d0e51f3aa10 */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The authorization */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  extendAuthorization: {
    parameters: {
      query?: never
      header?: {
        /** @description Instead of idempotency_key in the body */
        'idempotency-key'?: string
      }
      path: {
        /** @example auth_019aa3b27c117e5f9a513f6f2f6f9f105b1c1e0a9d3f8b77a2c46d0e51f3aa10 */
        id: string
      }
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['ExtendRequest']
      }
    }
    responses: {
      /** @description Extended */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description invalid_request: The request is malformed. unknown_model: Unknown model. invalid_amount: The amount is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description credits_exhausted: Credits are used up. budget_reached: A budget is reached. payment_past_due: An invoice is past due */
      402: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed. payment_method_required: A payment method is needed. account_suspended: The account is suspended */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description hold_closed: The hold is closed. idempotency_conflict: The key was used for another request */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_too_large: The request is larger than a rate limit */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description credits_held: Credit is held by running requests. budget_held: The budget is held by running requests. rate_limited: A rate limit is reached */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now. top_up_in_progress: A top-up is under way */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  reportProgress: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example auth_019aa3b27c117e5f9a513f6f2f6f9f105b1c1e0a9d3f8b77a2c46d0e51f3aa10 */
        id: string
      }
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['ProgressRequest']
      }
    }
    responses: {
      /** @description Reported */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description invalid_request: The request is malformed. unknown_model: Unknown model */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description hold_closed: The hold is closed */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  settleAuthorization: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example auth_019aa3b27c117e5f9a513f6f2f6f9f105b1c1e0a9d3f8b77a2c46d0e51f3aa10 */
        id: string
      }
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['SettleRequest']
      }
    }
    responses: {
      /** @description Charged, once: the same settlement gives the same answer */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description invalid_request: The request is malformed. unknown_model: Unknown model */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description hold_closed: The hold is closed. idempotency_conflict: The key was used for another request */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  releaseAuthorization: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example auth_019aa3b27c117e5f9a513f6f2f6f9f105b1c1e0a9d3f8b77a2c46d0e51f3aa10 */
        id: string
      }
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody?: {
      content: {
        'application/json': Record<string, never>
      }
    }
    responses: {
      /** @description Released; again changes nothing */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      /** @description invalid_request: The request is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description hold_closed: The hold is closed */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  recordUsage: {
    parameters: {
      query?: {
        /**
         * @description The account of every event that names none
         * @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10
         */
        account_id?: string
        /** @description What to do with an event that the account cannot pay. refuse (if nothing is said): it is refused by its place in the batch. record: it is recorded in full and the balance may go below zero. */
        beyond_credit?: 'refuse' | 'record'
      }
      header?: {
        /** @description Makes the request a CloudEvent in binary mode; the body is then its data. Always "1.0". */
        'ce-specversion'?: string
        /** @description Always "purse.usage" */
        'ce-type'?: string
        /** @description Who reports */
        'ce-source'?: string
        /** @description The id of the event, unique within the account */
        'ce-id'?: string
        /** @description The account */
        'ce-subject'?: string
        /** @description When it was used */
        'ce-time'?: string
      }
      path?: never
      cookie?: never
    }
    /** @description At most 5 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['UsageRequest'] | components['schemas']['CloudEventData']
        'application/x-ndjson': components['schemas']['UsageEvent']
        'application/cloudevents+json': components['schemas']['CloudEvent']
        'application/cloudevents-batch+json': components['schemas']['CloudEvent'][]
      }
    }
    responses: {
      /** @description What became of each event */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['UsageAnswer']
        }
      }
      /** @description invalid_request: The request is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  explainCharge: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10 */
        account_id: string
        /**
         * @description Your id of the event; or the id of an authorization (auth_…), for what its settle or its expiry charged
         * @example evt-20260302-000017
         */
        event_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The charge, to its receipts */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Charge']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  openLease: {
    parameters: {
      query?: never
      header?: {
        /** @description Instead of idempotency_key in the body */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['LeaseRequest']
      }
    }
    responses: {
      /** @description The same key asked before: the same lease, as it is now */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Lease']
        }
      }
      /** @description Open */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Lease']
        }
      }
      /** @description invalid_request: The request is malformed. invalid_amount: The amount is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed. api_key_invalid: The API key is not valid */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description credits_exhausted: Credits are used up. budget_reached: A budget is reached. payment_past_due: An invoice is past due */
      402: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed. payment_method_required: A payment method is needed. account_suspended: The account is suspended */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description idempotency_conflict: The key was used for another request */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description credits_held: Credit is held by running requests. budget_held: The budget is held by running requests. rate_limited: A rate limit is reached */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          'RateLimit-Policy': components['headers']['RateLimit-Policy']
          RateLimit: components['headers']['RateLimit']
          'x-ratelimit-limit-requests': components['headers']['x-ratelimit-limit-requests']
          'x-ratelimit-remaining-requests': components['headers']['x-ratelimit-remaining-requests']
          'x-ratelimit-reset-requests': components['headers']['x-ratelimit-reset-requests']
          'x-ratelimit-limit-tokens-prompt': components['headers']['x-ratelimit-limit-tokens-prompt']
          'x-ratelimit-remaining-tokens-prompt': components['headers']['x-ratelimit-remaining-tokens-prompt']
          'x-ratelimit-reset-tokens-prompt': components['headers']['x-ratelimit-reset-tokens-prompt']
          'x-ratelimit-limit-tokens-prompt-uncached': components['headers']['x-ratelimit-limit-tokens-prompt-uncached']
          'x-ratelimit-remaining-tokens-prompt-uncached': components['headers']['x-ratelimit-remaining-tokens-prompt-uncached']
          'x-ratelimit-reset-tokens-prompt-uncached': components['headers']['x-ratelimit-reset-tokens-prompt-uncached']
          'x-ratelimit-limit-tokens-generated': components['headers']['x-ratelimit-limit-tokens-generated']
          'x-ratelimit-remaining-tokens-generated': components['headers']['x-ratelimit-remaining-tokens-generated']
          'x-ratelimit-reset-tokens-generated': components['headers']['x-ratelimit-reset-tokens-generated']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now. top_up_in_progress: A top-up is under way */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  settleLease: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example lease_019aa3b27c117e5f9a513f6f2f6f9f100f7a64c2be1a8d5590c2e8817b3d4e21 */
        id: string
      }
      cookie?: never
    }
    /** @description At most 5 MB, in UTF-8. */
    requestBody: {
      content: {
        'application/json': components['schemas']['SettleLeaseRequest']
      }
    }
    responses: {
      /** @description Charged */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SettleLeaseAnswer']
        }
      }
      /** @description invalid_request: The request is malformed. invalid_amount: The amount is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description hold_closed: The hold is closed */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  releaseLease: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example lease_019aa3b27c117e5f9a513f6f2f6f9f100f7a64c2be1a8d5590c2e8817b3d4e21 */
        id: string
      }
      cookie?: never
    }
    /** @description At most 1 MB, in UTF-8. */
    requestBody?: {
      content: {
        'application/json': Record<string, never>
      }
    }
    responses: {
      /** @description Released; again changes nothing */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Lease']
        }
      }
      /** @description invalid_request: The request is malformed */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description request_timeout: The request took too long to arrive */
      408: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description body_too_large: The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description unsupported_content_type: Unsupported content type */
      415: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  getBalance: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @example 019aa3b2-7c11-7e5f-9a51-3f6f2f6f9f10 */
        account_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Balance, held and available credit */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Balance']
        }
      }
      /** @description key_required: A valid key is needed */
      401: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'WWW-Authenticate': components['headers']['WWW-Authenticate']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_allowed: Not allowed */
      403: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description not_found: Not found */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  listPrices: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Money for one million tokens of each class */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Prices']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
      /** @description temporarily_unavailable: Not available just now */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
  getHealth: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It does */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
      /** @description internal_error: something broke on our side; quote the reference */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem']
        }
      }
    }
  }
}
