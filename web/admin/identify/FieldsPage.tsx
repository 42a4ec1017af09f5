import './leads.css'
import './fields.css'
import { Button, SegmentedControl, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Archive, ListPlus, Plus, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { ENTITIES, type Entity, type Screen } from '#loop/identify/fields/contract.ts'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { later } from '../parts/later.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { oneOf, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Field } from './fieldShow.ts'

// What opens on demand is loaded on demand.
const FieldDrawer = later(() => import('./FieldDrawer.tsx').then((m) => m.FieldDrawer))
const LayoutTab = later(() => import('./LayoutTab.tsx').then((m) => m.LayoutTab))
const ProductsTab = later(() => import('./ProductsTab.tsx').then((m) => m.ProductsTab))

const CLASSES = ['basic', 'secondary', 'behaviour'] as const
const SHOWN = {
  lead: ['lead', 'add', 'list'],
  company: ['company', 'companies'],
} as const satisfies Record<Entity, readonly Screen[]>

const fieldsSearch = viewOf({ of: oneOf(ENTITIES, 'lead') })

/** What may be known of leads and companies, where each screen shows it, and the products that leads may be interested in. */
export function FieldsPage() {
  const t = useWords('fields')
  const { may } = useSession()
  const [{ of: entity }, setSearch] = useSearchOf(fieldsSearch)
  const [open, setOpen] = useState<Field | 'new' | null>(null)
  return (
    <>
      <PageTop title={t('title')}>
        {may('fields.write') && (
          <Button leftSection={<Plus size={15} />} onClick={() => setOpen('new')}>
            {t('add')}
          </Button>
        )}
      </PageTop>
      <Page narrow>
        <SegmentedControl
          className="self-start"
          aria-label={t('of')}
          value={entity}
          onChange={(value) => setSearch({ of: ENTITIES.find((one) => one === value) ?? 'lead' })}
          data={ENTITIES.map((value) => ({ value, label: t(`entity.${value}`) }))}
        />
        <Tabs key={entity} defaultValue="fields" keepMounted={false}>
          <Tabs.List mb="md">
            {(['fields', ...SHOWN[entity], ...(entity === 'lead' ? (['products'] as const) : [])] as const).map((tab) => (
              <Tabs.Tab key={tab} value={tab}>
                {t(`tab.${tab}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="fields">
            <FieldsTab entity={entity} onOpen={setOpen} />
          </Tabs.Panel>
          {SHOWN[entity].map((screen) => (
            <Tabs.Panel key={screen} value={screen}>
              <LayoutTab screen={screen} />
            </Tabs.Panel>
          ))}
          <Tabs.Panel value="products">
            <ProductsTab />
          </Tabs.Panel>
        </Tabs>
      </Page>
      {open !== null && (
        <FieldDrawer
          key={open === 'new' ? 'new' : open.key}
          entity={entity}
          field={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}

function FieldsTab({ entity, onOpen }: { entity: Entity; onOpen: (field: Field | 'new') => void }) {
  const t = useWords('fields')
  const { may } = useSession()
  const { language } = useLanguage()
  const toast = useToasts()
  const fields = useQuery(api.fields.list.queryOptions({ input: { entity, archived: true } }))
  const items = fields.data?.items ?? []
  const live = items.filter((field) => !field.archived)
  const away = items.filter((field) => field.archived)
  const reread = () => again(api.fields.key())
  const restore = (field: Field) => client.fields.restore({ entity, key: field.key }).then(reread)
  const archive = (field: Field) =>
    client.fields
      .archive({ entity, key: field.key })
      .then(reread)
      .then(() => toast.undo(t('archived', { name: field[language] }), () => restore(field)), toast.failed)
  return (
    <div className="stack">
      {fields.isPending && <Skeletons rows={6} />}
      <ErrorNote error={fields.error} retry={fields.refetch} />
      {fields.data && !live.some((field) => field.custom) && (
        <EmptyState
          small
          icon={ListPlus}
          title={t('empty')}
          {...(may('fields.write')
            ? {
                action: (
                  <Button size="xs" leftSection={<Plus size={14} />} onClick={() => onOpen('new')}>
                    {t('add')}
                  </Button>
                ),
              }
            : {})}
        >
          {t(`emptyText.${entity}`)}
        </EmptyState>
      )}
      {CLASSES.map((kind) => {
        const rows = live.filter((field) => field.class === kind)
        if (!rows.length) return null
        return (
          <Card key={kind} title={t(`class.${kind}`)}>
            <ul className="field-defs">
              {rows.map((field) => (
                <FieldLine key={field.key} field={field}>
                  {field.custom && may('fields.write') ? (
                    <span className="row">
                      <Button size="compact-xs" variant="default" onClick={() => onOpen(field)}>
                        {t('edit')}
                      </Button>
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        color="gray"
                        leftSection={<Archive size={12} />}
                        onClick={() => void archive(field)}
                      >
                        {t('archive')}
                      </Button>
                    </span>
                  ) : (
                    !field.custom && <Chip dot={false}>{t('standard')}</Chip>
                  )}
                </FieldLine>
              ))}
            </ul>
          </Card>
        )
      })}
      {away.length > 0 && (
        <Card title={t('archivedTitle')}>
          <ul className="field-defs">
            {away.map((field) => (
              <FieldLine key={field.key} field={field}>
                {may('fields.write') && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    leftSection={<Undo2 size={12} />}
                    onClick={() => void restore(field).then(() => toast.done(t('restored', { name: field[language] })), toast.failed)}
                  >
                    {t('restore')}
                  </Button>
                )}
              </FieldLine>
            ))}
          </ul>
        </Card>
      )}
    </div>
  )
}

function FieldLine({ field, children }: { field: Field; children: React.ReactNode }) {
  const t = useWords('fields')
  const { language } = useLanguage()
  const offered = field.options.filter((one) => !one.archived)
  return (
    <li>
      <span className="clip">
        <b>{field[language]}</b>
        {field.required && <span className="req-word"> {t('required')}</span>}
        {field.unique && <span className="muted"> {t('unique')}</span>}
      </span>
      <span className="muted clip">
        {t(`type.${field.type}`)}
        {offered.length > 0 &&
          ` ・ ${offered
            .slice(0, 4)
            .map((option) => option[language])
            .join('、')}${offered.length > 4 ? '…' : ''}`}
      </span>
      {children}
    </li>
  )
}
