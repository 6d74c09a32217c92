import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import ts from 'typescript'
import { describedPaymentMethods, servedMethods } from './served'

/** One method of the client: where it sends its request and the types of what goes out and comes back. */
export interface ClientMethod {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  parameterType: ts.Type | null
  returnedType: ts.Type
  isList: boolean
}

export interface PackageTypes {
  checker: ts.TypeChecker
  methods: ClientMethod[]
  /** Property names that stand for payment method kinds the sandbox does not offer. */
  otherPaymentMethods: Set<string>
  apiVersion: string
  packageVersion: string
}

/** Reads the installed `stripe` package: its declarations for types, its code for HTTP methods and paths. */
export function readStripePackage(): PackageTypes {
  // The package exports only its entry (cjs/ or esm/), so its root is found from there.
  const packageRoot = path.dirname(path.dirname(createRequire(import.meta.url).resolve('stripe')))
  const resourceRoot = path.join(packageRoot, 'esm', 'resources')
  const files = Object.keys(servedMethods).map((name) => path.join(resourceRoot, `${name}.d.ts`))
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const methods = Object.entries(servedMethods).flatMap(([name, wanted]) => {
    const declarations = program.getSourceFile(path.join(resourceRoot, `${name}.d.ts`))!
    const code = readFileSync(path.join(resourceRoot, `${name}.js`), 'utf8')
    return wanted.map((method) => readMethod(checker, declarations, code, method))
  })
  return {
    checker,
    methods,
    otherPaymentMethods: readOtherPaymentMethods(checker, program, path.join(resourceRoot, 'PaymentMethods.d.ts')),
    apiVersion: /ApiVersion = '([^']+)'/.exec(
      readFileSync(path.join(packageRoot, 'esm', 'apiVersion.js'), 'utf8'),
    )![1]!,
    packageVersion: JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')).version,
  }
}

function readMethod(checker: ts.TypeChecker, source: ts.SourceFile, code: string, name: string): ClientMethod {
  const declaration = findMethod(source, name)
  const request = new RegExp(
    `^ {4}${name}\\([^)]*\\)\\s*\\{[\\s\\S]*?_makeRequest\\('(\\w+)', (\`[^\`]+\`|'[^']+')`,
    'm',
  ).exec(code)
  if (!declaration || !request) throw new Error(`The stripe package has no method ${name} in ${source.fileName}`)

  const signature = checker.getSignatureFromDeclaration(declaration)!
  const params = signature.parameters.find((parameter) => parameter.name === 'params')
  const returnType = declaration.type as ts.TypeReferenceNode
  const isList = returnType.typeName.getText(source) === 'ApiListPromise'
  // Promise<Response<T>> for one object, ApiListPromise<T> for a list
  const outer = returnType.typeArguments![0]!
  const inner = isList ? outer : (outer as ts.TypeReferenceNode).typeArguments![0]!
  return {
    method: request[1] as ClientMethod['method'],
    path: request[2]!.slice(1, -1).replace(/\$\{encodeURIComponent\((\w+)\)\}/g, '{$1}'),
    parameterType: params ? checker.getNonNullableType(checker.getTypeOfSymbol(params)) : null,
    returnedType: checker.getTypeFromTypeNode(inner),
    isList,
  }
}

function findMethod(source: ts.SourceFile, name: string): ts.MethodDeclaration | undefined {
  const resource = source.statements
    .filter(ts.isClassDeclaration)
    .find((declaration) => declaration.name?.text.endsWith('Resource'))
  return resource?.members.filter(ts.isMethodDeclaration).find((member) => member.name.getText(source) === name)
}

function readOtherPaymentMethods(checker: ts.TypeChecker, program: ts.Program, file: string): Set<string> {
  const names = new Set<string>(['radar_options'])
  const source = program.getSourceFile(file)!
  for (const statement of source.statements.filter(ts.isInterfaceDeclaration)) {
    if (!['PaymentMethod', 'PaymentMethodCreateParams'].includes(statement.name.text)) continue
    const kind = checker.getTypeAtLocation(statement).getProperty('type')!
    const type = checker.getNonNullableType(checker.getTypeOfSymbol(kind))
    for (const part of type.isUnion() ? type.types : [type]) if (part.isStringLiteral()) names.add(part.value)
  }
  for (const described of describedPaymentMethods) names.delete(described)
  return names
}

/** The `object` literal of a resource type such as `customer`, or null when the type is no resource. */
export function resourceName(checker: ts.TypeChecker, type: ts.Type): string | null {
  if (!type.symbol || !(type.symbol.flags & ts.SymbolFlags.Interface)) return null
  const property = type.getProperty('object')
  if (!property) return null
  const literal = checker.getTypeOfSymbol(property)
  return literal.isStringLiteral() ? literal.value : null
}

/** The element type of an `ApiList<T>`, or null when the type is no list. */
export function listElement(checker: ts.TypeChecker, type: ts.Type): ts.Type | null {
  if (type.symbol?.name !== 'ApiList' && type.aliasSymbol?.name !== 'ApiList') return null
  return (type.aliasTypeArguments ?? checker.getTypeArguments(type as ts.TypeReference))[0] ?? null
}

/** The parts of a union (or the type itself) without `undefined`. */
export function unionParts(type: ts.Type): ts.Type[] {
  const parts = type.isUnion() ? type.types : [type]
  return parts.filter((part) => !(part.flags & ts.TypeFlags.Undefined))
}

/** Whether the type is a plain string or one of the package's string-like types (open enums, decimals, files). */
export function isStringLike(type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return true
  if (type.isIntersection()) return type.types.some((part) => part.flags & ts.TypeFlags.String)
  return /^(Decimal|DecimalImpl|File)$/.test(type.symbol?.name ?? type.aliasSymbol?.name ?? '')
}
