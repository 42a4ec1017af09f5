import { Button, MultiSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Archive, Package, Plus, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'

type Product = Awaited<ReturnType<typeof client.fields.products>>['items'][number]
const reread = () => again(api.fields.key())

/** The products that leads may be considering; page groups that show an interest in each. */
export function ProductsTab() {
  const t = useWords('fields')
  const { may } = useSession()
  const { language } = useLanguage()
  const toast = useToasts()
  const [open, setOpen] = useState<Product | 'new' | null>(null)
  const products = useQuery(api.fields.products.queryOptions({ input: {} }))
  const groups = useQuery(api.track.pageGroups.queryOptions({ input: {} }))
  const groupName = (id: string): string => groups.data?.items.find((one) => one.id === id)?.name ?? '…'
  const items = products.data?.items ?? []
  const set = (one: Product, archived: boolean) => client.fields.changeProduct({ key: one.key, archived }).then(reread)
  const archive = (one: Product) =>
    set(one, true).then(() => toast.undo(t('archived', { name: one[language] }), () => set(one, false)), toast.failed)
  const add = may('fields.write') && (
    <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setOpen('new')}>
      {t('addProduct')}
    </Button>
  )
  return (
    <div className="stack">
      {products.isPending && <Skeletons rows={4} />}
      <ErrorNote error={products.error} retry={products.refetch} />
      {products.data && items.length === 0 && (
        <EmptyState icon={Package} title={t('productsEmpty')} action={add}>
          {t('productsText')}
        </EmptyState>
      )}
      {items.length > 0 && (
        <Card title={t('products')} aside={add}>
          <p className="muted">{t('productsText')}</p>
          <ul className="field-defs">
            {items.map((one) => (
              <li key={one.key} className={one.archived ? 'away' : undefined}>
                <span className="clip">
                  <b>{one[language]}</b> <span className="muted num">{t('people', { n: one.people })}</span>
                </span>
                <span className="muted clip">{one.pageGroups.map(groupName).join('、')}</span>
                {may('fields.write') && (
                  <span className="row">
                    <Button size="compact-xs" variant="default" onClick={() => setOpen(one)}>
                      {t('edit')}
                    </Button>
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="gray"
                      leftSection={one.archived ? <Undo2 size={12} /> : <Archive size={12} />}
                      onClick={() => void (one.archived ? set(one, false).catch(toast.failed) : archive(one))}
                    >
                      {t(one.archived ? 'restore' : 'archive')}
                    </Button>
                  </span>
                )}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {open !== null && (
        <ProductDrawer
          key={open === 'new' ? 'new' : open.key}
          product={open === 'new' ? null : open}
          groups={groups.data?.items ?? []}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  )
}

function ProductDrawer({
  product,
  groups,
  onClose,
}: {
  product: Product | null
  groups: readonly { id: string; name: string }[]
  onClose: () => void
}) {
  const t = useWords('fields')
  const toast = useToasts()
  const form = useProblemForm({
    initialValues: { ja: product?.ja ?? '', en: product?.en ?? '', pageGroups: product?.pageGroups ?? ([] as string[]) },
  })
  const send = form.send<unknown>(
    ({ ja, en, pageGroups }) => {
      const given = { ja, en: en || ja, pageGroups }
      return product ? client.fields.changeProduct({ key: product.key, ...given }) : client.fields.addProduct(given)
    },
    () => {
      toast.done(t('saved'))
      void reread()
      onClose()
    },
  )
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={product ? product.ja : t('addProduct')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('ja')} withAsterisk data-autofocus {...form.getInputProps('ja')} />
      <TextInput label={t('en')} {...form.getInputProps('en')} />
      <MultiSelect
        label={t('pageGroups')}
        description={t('pageGroupsHint')}
        searchable
        clearable
        data={groups.map((one) => ({ value: one.id, label: one.name }))}
        {...form.getInputProps('pageGroups')}
      />
    </FormDrawer>
  )
}
