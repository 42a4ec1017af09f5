import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Detail } from './detail.ts'

/** The first rows as decoded; over each column where it goes. */
export function Sample({
  detail,
  target,
  mapping,
  onMap,
}: {
  detail: Detail
  target: Detail['target']
  mapping: readonly string[]
  onMap: (index: number, target: string) => void
}) {
  const t = useWords('imports')
  const people = usePeopleTargets()
  const deals = useDealTargets()
  const targets = target === 'deals' ? deals : people
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="import-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {detail.columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file, in its order
              <th key={index}>
                <div className="clip">{column || '—'}</div>
                <NativeSelect
                  size="xs"
                  aria-label={`${t('mapping')}: ${column}`}
                  value={mapping[index] ?? ''}
                  data={withOwn(targets, mapping[index])}
                  onChange={(e) => onMap(index, e.currentTarget.value)}
                  className={mapping[index] ? 'mapped' : ''}
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {detail.sample.slice(0, 8).map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file, in its order
            <tr key={line}>
              {detail.columns.map((_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file, in its order
                <td key={index} className={mapping[index] ? '' : 'muted'}>
                  {row[index] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The fields of the company come a moment later: until then what is mapped shows its own name, not that it is left out. */
const withOwn = (targets: readonly Target[], value: string | undefined): Target[] =>
  !value || targets.some((one) => one.value === value) ? [...targets] : [...targets, { value, label: value }]

interface Target {
  value: string
  label: string
}
const SPECIAL = [
  'mail',
  'externalId',
  'fullName',
  'fullKana',
  'source',
  'at',
  'tags',
  'priority',
  'phone',
  'memberStatus',
  'optOut',
] as const
const DEALS = [
  'leadExternalId',
  'leadMail',
  'dealId',
  'dealName',
  'companyName',
  'amount',
  'openedAt',
  'closedAt',
  'state',
  'lostReason',
  'products',
  'note',
] as const

function usePeopleTargets(): Target[] {
  const t = useWords('imports')
  const { language } = useLanguage()
  const fields = useQuery({ ...api.fields.list.queryOptions({ input: {} }), staleTime: 60_000 })
  const ofCompany = useQuery({ ...api.fields.list.queryOptions({ input: { entity: 'company' } }), staleTime: 60_000 })
  const special = new Set<string>(SPECIAL)
  return [
    { value: '', label: t('ignore') },
    ...SPECIAL.map((value) => ({ value, label: t(`target.${value}`) })),
    ...(fields.data?.items ?? [])
      .filter((field) => !special.has(field.key))
      .map((field) => ({ value: field.custom ? `attrs.${field.key}` : field.key, label: field[language] })),
    ...(ofCompany.data?.items ?? [])
      .filter((field) => field.custom)
      .map((field) => ({ value: `company.${field.key}`, label: t('ofCompany', { name: field[language] }) })),
  ]
}

function useDealTargets(): Target[] {
  const t = useWords('imports')
  return [{ value: '', label: t('ignore') }, ...DEALS.map((value) => ({ value, label: t(`dealTarget.${value}`) }))]
}
