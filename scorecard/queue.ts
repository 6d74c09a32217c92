import pg from 'pg'

/** Lets go of the jobs that dead workers had in hand, as the worker's own schedule does minutes later. Nothing else may run. */
export const unlockJobs = (databaseUrl: string): Promise<void> =>
  asOwner(
    databaseUrl,
    `select graphile_worker.force_unlock_workers(array(
       select distinct locked_by from graphile_worker.jobs where locked_by is not null))`,
  )

/** Makes jobs that failed and wait to be tried again due: the queue's clock is the machine's, and stories move only ours. */
export const dueNow = (databaseUrl: string): Promise<void> =>
  asOwner(
    databaseUrl,
    'update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()',
  )

async function asOwner(databaseUrl: string, sql: string): Promise<void> {
  const owner = new pg.Client({ connectionString: databaseUrl })
  await owner.connect()
  try {
    await owner.query(sql)
  } finally {
    await owner.end()
  }
}
