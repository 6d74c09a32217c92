/** Longer than any other job takes: each asks Stripe a few times at most, and a call ends after its timeout. */
export const stuckAfterMinutes = 3

/** These read all of Stripe's lists. When their worker dies, the queue's own four hours are soon enough. */
const longTasks = ['run-reconciliation', 'reconcile-stripe']

/**
 * Lets go of jobs that a worker took and died with: the queue itself would wait for four hours. A job that is only slow may
 * run twice by it, which every handler allows. `run` executes one statement as the owner of the queue.
 */
export async function freeStuckJobs(run: (sql: string, values: unknown[]) => Promise<unknown>): Promise<void> {
  await run(
    `select graphile_worker.force_unlock_workers(array(
       select distinct locked_by from graphile_worker.jobs
        where locked_by is not null and locked_at < now() - make_interval(mins => $1)
          and task_identifier <> all($2)))`,
    [stuckAfterMinutes, longTasks],
  )
}
