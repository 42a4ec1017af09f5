import { ActionIcon, Button, Menu } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { CalendarPlus, Ellipsis, FileDown, FileText, Pencil, Plus, Trash2 } from 'lucide-react'
import { type ActivityKind, activityKinds } from '#loop/identify/activities/kinds/contract.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Lead } from './lead.ts'

/** What can be done with a lead, at the head of the page: record something, and the rest in a menu. */
export function LeadActions({ lead, onOpen }: { lead: Lead; onOpen: (what: 'edit' | 'erase' | 'export' | 'task' | ActivityKind) => void }) {
  const t = useWords('identify')
  const p = useWords('person')
  const trust = useWords('trust')
  const { language } = useLanguage()
  const { may } = useSession()
  const navigate = useNavigate()
  return (
    <>
      {may('leads.write') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button leftSection={<Plus size={15} />}>{p('record')}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {activityKinds.map((kind) => (
              <Menu.Item key={kind.value} rightSection={<Key of={kind.value} />} onClick={() => onOpen(kind.value as ActivityKind)}>
                {kind[language]}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item leftSection={<CalendarPlus size={14} />} rightSection={<kbd>T</kbd>} onClick={() => onOpen('task')}>
              {p('taskAdd')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('more')}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may('leads.write') && (
            <Menu.Item leftSection={<Pencil size={14} />} rightSection={<kbd>E</kbd>} onClick={() => onOpen('edit')}>
              {t('edit')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<FileText size={14} />} onClick={() => void navigate({ to: `/leads/${lead.id}/brief` as string })}>
            {p('brief')}
          </Menu.Item>
          {may('leads.export') && (
            <Menu.Item leftSection={<FileDown size={14} />} onClick={() => onOpen('export')}>
              {trust('exportOne')}
            </Menu.Item>
          )}
          {may('leads.erase') && (
            <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => onOpen('erase')}>
              {t('erase')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

const KEYS: Readonly<Record<string, string>> = { call: 'C', note: 'N' }
const Key = ({ of }: { of: string }) => (KEYS[of] ? <kbd>{KEYS[of]}</kbd> : null)
