import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FaultLabDto } from '@/lib/domain/fault-lab'
import { accountUrl, getJson, type Problem, postJson } from '../api'
import type { Offer } from './plays'

const refreshMs = 1000
const longestLog = 30

const labQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['fault-lab', accountId],
    queryFn: ({ signal }) => getJson<FaultLabDto>(accountUrl(accountId, 'fault-lab'), signal),
    refetchInterval: refreshMs,
  })

/** The account and its customer at Stripe, read anew each second. */
export function useFaultLab(accountId: string, initial: FaultLabDto): { lab: FaultLabDto; isLive: boolean } {
  const { data, isError } = useQuery({ ...labQuery(accountId), initialData: initial })
  return { lab: data, isLive: !isError }
}

/** A play and what came of it. */
export interface Played {
  id: number
  name: Offer['name']
  /** What the server says came of it is English. */
  sentence: string
  isRefused: boolean
}

/** Plays are sent one at a time; what came of each is kept while the dashboard stays open. */
export function usePlays(accountId: string) {
  const queries = useQueryClient()
  const key = ['fault-lab-log', accountId]
  const { data: log } = useQuery<Played[]>({
    queryKey: key,
    initialData: [],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    queryFn: () => [],
  })
  const note = (played: Omit<Played, 'id'>) =>
    queries.setQueryData<Played[]>(key, (before = []) =>
      [{ id: (before[0]?.id ?? 0) + 1, ...played }, ...before].slice(0, longestLog),
    )
  const mutation = useMutation<{ sentence: string }, Problem, Offer>({
    mutationFn: ({ play }) => postJson(accountUrl(accountId, 'fault-lab'), { play }),
    onSuccess: ({ sentence }, { name }) => note({ name, sentence, isRefused: false }),
    onError: (problem, { name }) => note({ name, sentence: problem.message, isRefused: true }),
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ['fault-lab', accountId] })
      queries.invalidateQueries({ queryKey: ['standing'] })
    },
  })
  return { log, play: mutation.mutate, playing: mutation.isPending ? mutation.variables.name : null }
}
