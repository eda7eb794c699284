/** What policies of both sorts have in common: parameters, variables, and how bindings bring parameters in. */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1035Label, isDns1123Subdomain, isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validateMatch } from './match-validation.ts'
import type { MatchResources, ParamKind, ParamRef, Variable } from './types.gen.ts'

export function* validateParamKind(paramKind: ParamKind | undefined, at: FieldPath): FieldErrors {
  if (paramKind === undefined) return
  const { apiVersion = '', kind = '' } = paramKind
  yield* validateApiVersion(apiVersion, at.field('apiVersion'))
  if (kind === '') return yield required(at.field('kind'))
  const problems = isDns1035Label(kind.toLowerCase())
  if (problems.length > 0) yield invalid(at.field('kind'), kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`)
}

function* validateApiVersion(apiVersion: string, at: FieldPath): FieldErrors {
  const parts = apiVersion.split('/')
  if (apiVersion === '') return yield required(at)
  if (parts.length > 2) return yield invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  const [group = '', version = ''] = parts.length === 1 ? ['', ...parts] : parts
  if (group !== '') for (const problem of isDns1123Subdomain(group)) yield invalid(at, group, problem)
  if (version === '') yield invalid(at, apiVersion, 'version must be specified')
  else for (const problem of isDns1035Label(version)) yield invalid(at, version, problem)
}

const reservedWords: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(' '),
)

export function* validateVariables(variables: readonly Variable[] = [], at: FieldPath): FieldErrors {
  for (const [index, { name = '', expression = '' }] of variables.entries()) {
    const here = at.index(index)
    if (name === '') yield required(here.field('name'), 'name is not specified')
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || reservedWords.has(name))
      yield invalid(here.field('name'), name, 'must be a valid CEL identifier')
    if (expression.trim() === '') yield required(here.field('expression'), 'expression is not specified')
  }
}

type BindingSpec = { readonly policyName?: string; readonly paramRef?: ParamRef; readonly matchResources?: MatchResources }

export function* validateBindingSpec({ policyName = '', paramRef, matchResources }: BindingSpec): FieldErrors {
  const at = FieldPath.of('spec')
  if (policyName === '') yield required(at.field('policyName'))
  else yield* invalidEach(at.field('policyName'), policyName, isDns1123Subdomain(policyName))
  if (paramRef !== undefined) yield* validateParamRef(paramRef, at.field('paramRef'))
  if (matchResources !== undefined) yield* validateMatch(matchResources, at.field('matchResources'))
}

function* validateParamRef({ name = '', selector, parameterNotFoundAction: action = '' }: ParamRef, at: FieldPath): FieldErrors {
  const both = 'name and selector are mutually exclusive'
  if (name !== '') yield* invalidEach(at.field('name'), name, isPathSegmentName(name))
  if (name !== '' && selector !== undefined) yield forbiddenField(at.field('name'), both)
  yield* validateLabelSelector(selector, at.field('selector'))
  if (name !== '' && selector !== undefined) yield forbiddenField(at.field('selector'), both)
  if (name === '' && selector === undefined) yield required(at, 'one of name or selector must be specified')
  if (action === '') yield required(at.field('parameterNotFoundAction'))
  else if (action !== 'Allow' && action !== 'Deny') yield notSupported(at.field('parameterNotFoundAction'), action, ['Deny', 'Allow'])
}
