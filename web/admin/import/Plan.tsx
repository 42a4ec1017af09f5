import { Button, NativeSelect, SimpleGrid, TagsInput, Textarea, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'

type Detail = Awaited<ReturnType<typeof client.imports.get>>
type Encoding = Detail['encoding']
interface Options {
  basis: 'none' | 'published' | 'relation' | 'card' | 'consent'
  basisText: string
  policy: 'update' | 'fill' | 'skip'
  source: string
  interest: string[]
  tags: string[]
}
const BASES = ['none', 'card', 'relation', 'published', 'consent'] as const
const POLICIES = ['fill', 'update', 'skip'] as const
const ENCODINGS = ['utf-8', 'cp932', 'utf-16le'] as const

/** What was read, where each column goes, on what ground mail may be sent: then it starts. */
export function Plan({ first }: { first: Detail }) {
  const t = useWords('imports')
  const { may } = useSession()
  const [reading, setReading] = useState<{ encoding: Encoding; delimiter: string }>({
    encoding: first.encoding,
    delimiter: first.delimiter,
  })
  const read = useQuery({ ...api.imports.get.queryOptions({ input: { id: first.id, ...reading } }), placeholderData: keepPreviousData })
  const detail = read.data ?? first
  const [chosen, setChosen] = useState<Record<number, string>>({})
  const mapping = detail.mapping.map((target, index) => chosen[index] ?? target)
  const [options, setOptions] = useState<Options>({ basis: 'none', basisText: '', policy: 'fill', source: '', interest: [], tags: [] })
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const start = async () => {
    setBusy(true)
    setFailed(null)
    try {
      await client.imports.start({ id: first.id, ...reading, mapping, options })
      await again(api.imports.key())
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="stack">
      <Card title={t('sample')} aside={<span className="hide-s">{t('sampleHint', { n: detail.sample.length })}</span>}>
        <div className="row wrap import-reading">
          <NativeSelect
            size="xs"
            label={t('encoding')}
            value={reading.encoding}
            onChange={(e) => setReading({ ...reading, encoding: ENCODINGS.find((one) => one === e.currentTarget.value) ?? 'utf-8' })}
            data={ENCODINGS.map((value) => ({ value, label: t(`encodings.${value}`) }))}
          />
          <NativeSelect
            size="xs"
            label={t('delimiter')}
            value={reading.delimiter}
            onChange={(e) => setReading({ ...reading, delimiter: e.currentTarget.value })}
            data={[
              { value: ',', label: t('comma') },
              { value: '\t', label: t('tab') },
              { value: ';', label: t('semicolon') },
            ]}
          />
        </div>
        <ErrorNote error={read.error} />
        <Sample detail={detail} mapping={mapping} onMap={(index, target) => setChosen({ ...chosen, [index]: target })} />
      </Card>
      <HowCard options={options} onChange={(change) => setOptions({ ...options, ...change })} />
      <ErrorNote error={failed} />
      <div className="row wrap">
        <span className="muted">{t('startNote')}</span>
        {may('imports.write') && (
          <Button className="push" loading={busy} onClick={() => void start()}>
            {t('start')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** The first rows as decoded; over each column where it goes. */
function Sample({
  detail,
  mapping,
  onMap,
}: {
  detail: Detail
  mapping: readonly string[]
  onMap: (index: number, target: string) => void
}) {
  const t = useWords('imports')
  const targets = useTargets()
  return (
    <div className="import-table">
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
                  data={targets}
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

const SPECIAL = ['mail', 'externalId', 'fullName', 'fullKana', 'source', 'at', 'tags', 'priority', 'phone'] as const

function useTargets(): { value: string; label: string }[] {
  const t = useWords('imports')
  const { language } = useLanguage()
  const fields = useQuery({ ...api.fields.list.queryOptions({ input: {} }), staleTime: 60_000 })
  const special = new Set<string>(SPECIAL)
  return [
    { value: '', label: t('ignore') },
    ...SPECIAL.map((value) => ({ value, label: t(`target.${value}`) })),
    ...(fields.data?.items ?? [])
      .filter((field) => !special.has(field.key))
      .map((field) => ({ value: field.custom ? `attrs.${field.key}` : field.key, label: field[language] })),
  ]
}

function HowCard({ options, onChange }: { options: Options; onChange: (change: Partial<Options>) => void }) {
  const t = useWords('imports')
  return (
    <Card title={t('optionsTitle')}>
      <div className="stack">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <NativeSelect
            label={t('policy')}
            value={options.policy}
            onChange={(e) => onChange({ policy: POLICIES.find((one) => one === e.currentTarget.value) ?? 'fill' })}
            data={POLICIES.map((value) => ({ value, label: t(`policies.${value}`) }))}
          />
          <TextInput label={t('source')} value={options.source} onChange={(e) => onChange({ source: e.currentTarget.value })} />
          <TagsInput label={t('interest')} value={options.interest} onChange={(interest) => onChange({ interest })} />
          <TagsInput label={t('tags')} value={options.tags} onChange={(tags) => onChange({ tags })} />
        </SimpleGrid>
        <NativeSelect
          label={t('basis')}
          description={t('basisHint')}
          value={options.basis}
          onChange={(e) => onChange({ basis: BASES.find((one) => one === e.currentTarget.value) ?? 'none' })}
          data={BASES.map((value) => ({ value, label: t(`bases.${value}`) }))}
        />
        {options.basis !== 'none' && (
          <Textarea
            label={t('basisText')}
            description={t('basisTextHint')}
            required
            autosize
            minRows={2}
            value={options.basisText}
            onChange={(e) => onChange({ basisText: e.currentTarget.value })}
          />
        )}
      </div>
    </Card>
  )
}
