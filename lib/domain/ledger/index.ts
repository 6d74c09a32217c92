/** The ledger: every movement of credit, and the balance that follows from them. */
export { type Balance, lockBalance, noAccount, readBalance, readBalances } from './balance'
export { AccountBook } from './book'
export { listMovements, type MovementDto } from './list-movements'
export {
  availableColumn,
  findTransfer,
  insertBalance,
  openBook,
  openBooks,
  readLatestCharge,
  saveBook,
  saveBooks,
} from './store'
