import pg from 'pg'

/** Lets go of the jobs that dead workers had in hand, as the worker's own schedule does minutes later. Nothing else may run. */
export async function unlockJobs(databaseUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: databaseUrl })
  await owner.connect()
  try {
    await owner.query(
      `select graphile_worker.force_unlock_workers(array(
         select distinct locked_by from graphile_worker.jobs where locked_by is not null))`,
    )
  } finally {
    await owner.end()
  }
}
