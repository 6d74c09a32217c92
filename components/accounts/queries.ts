import { queryOptions, useQuery } from '@tanstack/react-query'
import type { StandingDto } from '@/lib/domain/accounts'
import { accountUrl, getJson } from '../api'

const refreshMs = 2000

/** Where the account stands. Read again every two seconds while the page is in view: usage runs while people look. */
const standingQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['standing', accountId],
    queryFn: ({ signal }) => getJson<StandingDto>(accountUrl(accountId, 'standing'), signal),
    refetchInterval: refreshMs,
  })

/** The standing, live, beginning with what the server painted. */
export function useStanding(initial: StandingDto): { standing: StandingDto; isLive: boolean } {
  const { data, isError } = useQuery({ ...standingQuery(initial.accountId), initialData: initial })
  return { standing: data, isLive: !isError }
}
