/** The months that usage events are kept in: made ahead, listed, and retired to an archive. */
export { exportMonth, isExported, verifyArchive } from './archive'
export { listPartitions } from './list-partitions'
export { makePartitions, makePartitionsAhead } from './make-partitions'
export { planRetirement } from './plan-retirement'
export { retireMonth } from './retire-month'
