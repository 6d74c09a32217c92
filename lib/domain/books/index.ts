/** The books check: every figure derived again, every difference named. */
export { type CheckResult, checkBooks } from './check-books'
export { type Invariant, invariants } from './invariants'
