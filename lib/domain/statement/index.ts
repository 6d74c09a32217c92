/** The statement: what moved, why, what was left at any moment; and the proof and the exports of it. */
export { exportCsv } from './export-csv'
export { exportJournal, exportWholeJournal } from './export-journal'
export { exportProof } from './export-proof'
export { getMovement, type MovementDetailDto } from './get-movement'
export {
  type GrantThen,
  getStatement,
  type StatementDto,
  type StatementInput,
  type StatementLine,
} from './get-statement'
export {
  chainText,
  endLine,
  Fingerprint,
  headerLine,
  headLine,
  leftLine,
  noHash,
  type ProofGrant,
  type ProofTransfer,
  transferLine,
} from './proof/rules'
export { readBalanceBefore } from './store'
