import { Checkbox, NativeSelect, Select, SimpleGrid, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'

export interface Options {
  basis: 'none' | 'published' | 'relation' | 'card' | 'consent'
  basisText: string
  policy: 'update' | 'fill' | 'skip'
  match: 'mail' | 'personMail' | 'external'
  source: string
  interest: string[]
  tags: string[]
  campaignId: string | null
  campaignStatus: string
  allOrNothing: boolean
}
export const NO_OPTIONS: Options = {
  basis: 'none',
  basisText: '',
  policy: 'fill',
  match: 'mail',
  source: '',
  interest: [],
  tags: [],
  campaignId: null,
  campaignStatus: '',
  allOrNothing: false,
}
const BASES = ['none', 'card', 'relation', 'published', 'consent'] as const
const POLICIES = ['fill', 'update', 'skip'] as const
const MATCHES = ['mail', 'personMail', 'external'] as const

/** How rows are taken: who is known already, into which campaign, and on what ground mail may be sent. */
export function HowCard({
  options,
  people,
  onChange,
}: {
  options: Options
  people: boolean
  onChange: (change: Partial<Options>) => void
}) {
  const t = useWords('imports')
  const all = (
    <Checkbox
      label={t('allOrNothing')}
      checked={options.allOrNothing}
      onChange={(e) => onChange({ allOrNothing: e.currentTarget.checked })}
    />
  )
  if (!people) return <Card title={t('optionsTitle')}>{all}</Card>
  return (
    <Card title={t('optionsTitle')}>
      <div className="stack">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <NativeSelect
            label={t('match')}
            value={options.match}
            onChange={(e) => onChange({ match: MATCHES.find((one) => one === e.currentTarget.value) ?? 'mail' })}
            data={MATCHES.map((value) => ({ value, label: t(`matches.${value}`) }))}
          />
          <NativeSelect
            label={t('policy')}
            value={options.policy}
            onChange={(e) => onChange({ policy: POLICIES.find((one) => one === e.currentTarget.value) ?? 'fill' })}
            data={POLICIES.map((value) => ({ value, label: t(`policies.${value}`) }))}
          />
          <CampaignChoice options={options} onChange={onChange} />
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
        {all}
      </div>
    </Card>
  )
}

/** The campaign that all rows join; its source is theirs when no other is said. */
function CampaignChoice({ options, onChange }: { options: Options; onChange: (change: Partial<Options>) => void }) {
  const t = useWords('imports')
  const list = useQuery({ ...api.campaigns.list.queryOptions({ input: { limit: 200 } }), staleTime: 30_000 })
  const items = list.data?.items ?? []
  const chosen = items.find((one) => one.id === options.campaignId)
  const choose = (id: string | null) => {
    const found = items.find((one) => one.id === id)
    onChange({
      campaignId: id,
      campaignStatus: found?.statuses[0] ?? '',
      ...(found?.source && !options.source ? { source: found.source } : {}),
    })
  }
  return (
    <>
      <Select
        label={t('campaign')}
        placeholder={t('noCampaign')}
        searchable
        clearable
        value={options.campaignId}
        onChange={choose}
        data={items.map((one) => ({ value: one.id, label: one.name }))}
      />
      <NativeSelect
        label={t('campaignStatus')}
        disabled={!chosen}
        value={options.campaignStatus}
        onChange={(e) => onChange({ campaignStatus: e.currentTarget.value })}
        data={chosen?.statuses ?? []}
      />
    </>
  )
}
