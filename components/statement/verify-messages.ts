import type { ProofReport, ShownBook } from '@/lib/domain/statement/proof/rules'

/** What the page asks of its worker. */
export interface VerifyOrder {
  url: string
  shown: ShownBook
  remembered: { seq: number; hash: string } | null
  /** A proof file that the person kept. */
  earlier: Blob | null
}

/** What the worker tells. */
export type VerifyNews =
  | { kind: 'progress'; transfers: number; isEarlier: boolean }
  /** The kept file does not fit itself. */
  | { kind: 'earlier_broken'; report: ProofReport }
  | { kind: 'done'; report: ProofReport; seconds: number }
  /** `refusal`: what the server says; null: the connection broke. */
  | { kind: 'failed'; refusal: { status: number; body: Record<string, unknown> } | null }
