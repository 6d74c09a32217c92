import ts from 'typescript'
import { isStringLike, listElement, type PackageTypes, resourceName, unionParts } from './package-types'
import { storedResources } from './served'
import type { ExpandTree } from './types'

/** Collects, for every stored resource that an answer can reach, which of its properties can be expanded. */
export class ExpandTrees {
  readonly trees: Record<string, ExpandTree> = {}

  constructor(private readonly types: PackageTypes) {}

  /** Records the tree of a resource type and of every stored resource it leads to. Returns the resource's name. */
  add(type: ts.Type): string {
    const part = unionParts(type).find((candidate) => !isDeletedForm(candidate)) ?? unionParts(type)[0]!
    const name = resourceName(this.types.checker, part)
    if (!name) throw new Error(`Not a resource: ${this.types.checker.typeToString(type)}`)
    if (storedResources.has(name) && !isDeletedForm(part) && !(name in this.trees)) {
      this.trees[name] = {}
      this.trees[name] = this.treeOf(part, [part.symbol])
    }
    return name
  }

  private treeOf(type: ts.Type, above: ts.Symbol[]): ExpandTree {
    const tree: ExpandTree = {}
    for (const property of type.getProperties()) {
      if (this.types.otherPaymentMethods.has(property.name)) continue
      const node = this.nodeOf(this.types.checker.getTypeOfSymbol(property), above)
      if (node !== null) tree[property.name] = node
    }
    return tree
  }

  private nodeOf(type: ts.Type, above: ts.Symbol[]): string | ExpandTree | null {
    const { checker } = this.types
    const parts = unionParts(type).filter((part) => !(part.flags & ts.TypeFlags.Null))
    const list = parts.map((part) => listElement(checker, part)).find(Boolean)
    if (list) return `[]${this.namesOf(unionParts(list))}`
    const array = parts.find((part) => checker.isArrayType(part))
    if (array) return this.nodeOf(checker.getTypeArguments(array as ts.TypeReference)[0]!, above)

    const resources = parts.filter((part) => resourceName(checker, part))
    if (resources.length) return `${parts.some(isStringLike) ? '' : '='}${this.namesOf(resources)}`
    const hash = parts.find((part) => part.flags & ts.TypeFlags.Object && !isStringLike(part))
    if (!hash || above.includes(hash.symbol)) return null
    const tree = this.treeOf(hash, [...above, hash.symbol])
    return Object.keys(tree).length ? tree : null
  }

  private namesOf(resources: ts.Type[]): string {
    for (const resource of resources) {
      if (storedResources.has(resourceName(this.types.checker, resource)!)) this.add(resource)
    }
    return [...new Set(resources.map((resource) => resourceName(this.types.checker, resource)))].join('|')
  }
}

const isDeletedForm = (type: ts.Type) => type.symbol?.name.startsWith('Deleted') ?? false
