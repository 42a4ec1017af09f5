import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { LeadPicker } from './LeadPicker.tsx'
import { useColleagues } from './owners.ts'
import { ProductsInput } from './ProductsInput.tsx'

interface Values extends Record<string, unknown> {
  leadId: string | null
  name: string
  amount: number | ''
  stage: string | null
  expectedClose: string
  ownerId: string | null
  note: string
  products: string[]
}
const EMPTY: Values = { leadId: null, name: '', amount: '', stage: null, expectedClose: '', ownerId: null, note: '', products: [] }

/** Makes a deal from a lead. */
export function NewDeal({
  opened,
  leadId,
  onClose,
  onMade,
}: {
  opened: boolean
  leadId: string | undefined
  onClose: () => void
  onMade: (id: string) => void
}) {
  const t = useWords('sales')
  const toast = useToasts()
  const { language } = useLanguage()
  const { active } = useColleagues()
  const stages = useQuery({ ...api.deals.stages.queryOptions({ input: {} }), staleTime: 300_000 })
  const form = useProblemForm<Values>({ initialValues: EMPTY, validate: { leadId: (id) => (id === null ? t('findLead') : null) } })
  const { setFieldValue } = form
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the drawer opens for a given lead
  useEffect(() => {
    if (opened && leadId) setFieldValue('leadId', leadId)
  }, [opened, leadId])
  const send = form.send(
    ({ leadId: lead, name, amount, stage, expectedClose, ownerId, note, products }) =>
      client.deals.create({
        leadIds: lead ? [lead] : [],
        ...(name.trim() ? { name } : {}),
        ...(amount === '' ? {} : { amount }),
        ...(stage ? { stage } : {}),
        ...(expectedClose ? { expectedClose } : {}),
        ...(ownerId ? { ownerId } : {}),
        ...(note.trim() ? { note } : {}),
        ...(products.length ? { products } : {}),
      }),
    ({ id }) => {
      const name = form.getValues().name.trim()
      void again(api.deals.key(), api.leads.key())
      form.reset()
      onMade(id)
      toast.undo(name ? t('created', { name }) : t('createdUnnamed'), () =>
        client.deals.remove({ id }).finally(() => again(api.deals.key())),
      )
    },
  )
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('newDeal')}
      verb={t('newDeal')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <LeadPicker value={form.values.leadId} onChange={(id) => setFieldValue('leadId', id)} error={form.errors.leadId} />
      <TextInput label={t('name')} description={t('nameHint')} {...form.getInputProps('name')} />
      <div className="form-pair">
        <NumberInput
          label={t('amount')}
          min={0}
          thousandSeparator=","
          allowDecimal={false}
          allowNegative={false}
          hideControls
          {...form.getInputProps('amount')}
        />
        <TextInput type="date" label={t('expectedClose')} {...form.getInputProps('expectedClose')} />
      </div>
      <div className="form-pair">
        <Select
          label={t('stageLabel')}
          placeholder={stages.data?.items[0]?.[language] ?? ''}
          data={(stages.data?.items ?? []).map((stage) => ({ value: stage.key, label: stage[language] }))}
          {...form.getInputProps('stage')}
        />
        <Select
          label={t('owner')}
          placeholder={t('mine')}
          searchable
          clearable
          data={active.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('ownerId')}
        />
      </div>
      <ProductsInput held={form.values.products} {...form.getInputProps('products')} />
      <Textarea label={t('dealNote')} autosize minRows={2} maxLength={2000} {...form.getInputProps('note')} />
    </FormDrawer>
  )
}
