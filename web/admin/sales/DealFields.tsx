import { Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { useColleagues } from './owners.ts'
import { ProductsInput } from './ProductsInput.tsx'
import type { DealDetail } from './rows.ts'
import { useDealActs } from './useDealActs.ts'

interface Values extends Record<string, unknown> {
  name: string
  companyName: string
  amount: number | ''
  expectedClose: string
  ownerId: string | null
  note: string
  products: string[]
}

const valuesOf = (deal: DealDetail): Values => ({
  name: deal.name,
  companyName: deal.companyName ?? '',
  amount: deal.amount ?? '',
  expectedClose: deal.expectedClose ?? '',
  ownerId: deal.ownerId,
  note: deal.note ?? '',
  products: deal.products,
})

/** What a deal is called, is worth, and when it should close. */
export function DealFields({ deal, writable }: { deal: DealDetail; writable: boolean }) {
  const t = useWords('sales')
  const parts = useWords('parts')
  const toast = useToasts()
  const acts = useDealActs()
  const { active } = useColleagues()
  const form = useProblemForm<Values>({ initialValues: valuesOf(deal) })
  const write = ({ name, companyName, amount, expectedClose, ownerId, note, products }: Values) =>
    client.deals.update({
      id: deal.id,
      name,
      companyName: companyName || null,
      amount: amount === '' ? null : amount,
      expectedClose: expectedClose || null,
      ownerId,
      note: note || null,
      products,
    })
  const before = valuesOf(deal)
  const save = form.send(write, () => {
    form.resetDirty()
    void acts.reload()
    toast.undo(t('savedDeal'), () =>
      write(before).finally(() => {
        form.setValues(before)
        form.resetDirty(before)
        void acts.reload()
      }),
    )
  })
  return (
    <form onSubmit={save} noValidate>
      <fieldset className="section stack" disabled={!writable}>
        <TextInput label={t('name')} required {...form.getInputProps('name')} />
        <TextInput label={t('company')} {...form.getInputProps('companyName')} />
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
        <Select
          label={t('owner')}
          placeholder={t('noOwner')}
          searchable
          clearable
          data={active.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('ownerId')}
        />
        <ProductsInput held={deal.products} {...form.getInputProps('products')} />
        <Textarea label={t('dealNote')} autosize minRows={2} maxLength={2000} {...form.getInputProps('note')} />
        <ErrorNote error={form.failed} />
        {form.isDirty() && (
          <div className="row">
            <Button type="submit" loading={form.busy}>
              {parts('save')}
            </Button>
            <Button variant="default" onClick={() => form.setValues(before)}>
              {parts('cancel')}
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  )
}
