import { NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { type CampaignDetail, KINDS, type Kind } from './campaign.ts'

interface Values extends Record<string, unknown> {
  name: string
  kind: Kind
  startsOn: string
  endsOn: string
  source: string
  note: string
  statuses: string[]
}
const EMPTY: Values = { name: '', kind: 'exhibition', startsOn: '', endsOn: '', source: '', note: '', statuses: [] }

/** Makes a campaign, or changes one. */
export function CampaignForm({
  opened,
  campaign,
  onClose,
  onMade,
}: {
  opened: boolean
  campaign?: CampaignDetail
  onClose: () => void
  onMade?: (id: string) => void
}) {
  const t = useWords('plan')
  const p = useWords('parts')
  const toast = useToasts()
  const form = useProblemForm<Values>({ initialValues: EMPTY, validate: { name: (name) => (name.trim() ? null : p('errors.needed')) } })
  const { setValues } = form
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the drawer opens
  useEffect(() => {
    if (opened) setValues(campaign ? valuesOf(campaign) : EMPTY)
  }, [opened])
  const send = form.send(
    async ({ statuses, ...values }) => {
      const given = {
        ...values,
        startsOn: values.startsOn || null,
        endsOn: values.endsOn || null,
        ...(statuses.length ? { statuses } : {}),
      }
      if (!campaign) return (await client.campaigns.create(given)).id
      await client.campaigns.update({ id: campaign.id, ...given })
      return campaign.id
    },
    (id) => {
      void again(api.campaigns.key())
      onClose()
      toast.done(campaign ? t('saved') : t('made', { name: form.getValues().name }))
      onMade?.(id)
    },
  )
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={campaign ? t('edit') : t('add')}
      {...(campaign ? {} : { verb: t('add') })}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('name')} placeholder={t('namePlaceholder')} required data-autofocus {...form.getInputProps('name')} />
      <NativeSelect
        label={t('kind')}
        data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        {...form.getInputProps('kind')}
      />
      <div className="form-pair">
        <TextInput type="date" label={t('startsOn')} {...form.getInputProps('startsOn')} />
        <TextInput type="date" label={t('endsOn')} {...form.getInputProps('endsOn')} />
      </div>
      <TextInput label={t('source')} description={t('sourceHint')} {...form.getInputProps('source')} />
      <TagsInput label={t('statuses')} description={t('statusesHint')} {...form.getInputProps('statuses')} />
      <Textarea label={t('note')} autosize minRows={2} {...form.getInputProps('note')} />
    </FormDrawer>
  )
}

const valuesOf = (campaign: CampaignDetail): Values => ({
  name: campaign.name,
  kind: campaign.kind,
  startsOn: campaign.startsOn ?? '',
  endsOn: campaign.endsOn ?? '',
  source: campaign.source ?? '',
  note: campaign.note ?? '',
  statuses: campaign.statuses,
})
