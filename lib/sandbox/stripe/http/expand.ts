import type { ExpandTree } from '../contract/types'
import type { World } from '../state/world'
import { refuse, StripeError } from './errors'
import { contract } from './parameters'

type Hash = Record<string, unknown>

const levelLimit = 4

/** Refuses paths that the contract does not know, before anything is done. */
export function checkExpansions(paths: string[], returns: string, isList: boolean): void {
  for (const path of paths) {
    const segments = path.split('.')
    if (segments.length > levelLimit) {
      throw unexpandable(`You cannot expand more than ${levelLimit} levels of a property (${path}).`)
    }
    if (isList) {
      if (segments[0] !== 'data' || segments.length === 1) {
        throw unexpandable(
          `This property cannot be expanded (${path}). You may want to try expanding 'data.${path}' instead.`,
        )
      }
      segments.shift()
    }
    if (!isExpandable([returns], segments)) throw unexpandable(`This property cannot be expanded (${path}).`)
  }
}

/** Puts the objects that `paths` name in the place of their ids. `included` yields lists left out unless asked for. */
export function expandAnswer(
  world: World,
  answer: Hash,
  paths: string[],
  included: (owner: Hash, name: string) => unknown,
): Hash {
  return paths.reduce((expanded, path) => expandPath(world, expanded, path.split('.'), included), answer)
}

function unexpandable(message: string): StripeError {
  return new StripeError(400, refuse(message, { param: 'expand' }).body, { isStored: false })
}

function isExpandable(resources: string[], segments: string[]): boolean {
  const trees = resources.map((resource) => contract.expandTrees[resource])
  // What lies inside a resource the sandbox never holds is unknown here; its place is always null.
  if (trees.every((tree) => tree === undefined)) return true
  return trees.some((tree) => tree && isExpandableIn(tree, segments))
}

function isExpandableIn(tree: ExpandTree, [segment, ...rest]: string[]): boolean {
  const node = Object.hasOwn(tree, segment!) ? tree[segment!] : undefined
  if (node === undefined) return false
  if (typeof node !== 'string') return rest.length > 0 && isExpandableIn(node, rest)
  const isList = node.startsWith('[]')
  const inner = isList && rest[0] === 'data' ? rest.slice(1) : rest
  if (inner.length === 0) return !node.startsWith('=')
  return isExpandable(node.replace(/^(=|\[\])/, '').split('|'), inner)
}

function expandPath(
  world: World,
  value: unknown,
  [segment, ...rest]: string[],
  included: (owner: Hash, name: string) => unknown,
): Hash {
  if (Array.isArray(value)) {
    return value.map((element) => expandPath(world, element, [segment!, ...rest], included)) as unknown as Hash
  }
  if (!segment || typeof value !== 'object' || value === null) return value as Hash
  const owner = value as Hash
  let next = owner[segment] ?? included(owner, segment)
  if (typeof next === 'string') next = world.store.find(next) ?? next
  return next === undefined ? owner : { ...owner, [segment]: expandPath(world, next, rest, included) }
}
