// What stands beside the tabs while editing: undo, redo, and how the scenario is shown.
import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core'
import { List, Redo2, Undo2, Workflow } from 'lucide-react'
import { useWords } from '../words/words.tsx'
import type { ViewKind } from './editorProps.ts'
import { KeysHelp } from './KeysHelp.tsx'
import type { DraftState } from './useDraft.ts'

export function EditorTools({
  draft,
  view,
  onView,
  canEdit,
}: {
  draft: DraftState
  view: ViewKind
  onView: (view: ViewKind) => void
  canEdit: boolean
}) {
  const t = useWords('orchestrate')
  return (
    <div className="sc-tools">
      {canEdit && <UndoRedo draft={draft} />}
      {canEdit && <KeysHelp />}
      <SegmentedControl
        size="xs"
        className="hide-s"
        aria-label={t('view')}
        value={view}
        onChange={(to) => onView(to as ViewKind)}
        data={[
          { value: 'canvas', label: <IconLabel icon={Workflow} label={t('canvas')} /> },
          { value: 'list', label: <IconLabel icon={List} label={t('list')} /> },
        ]}
      />
    </div>
  )
}

function IconLabel({ icon: Icon, label }: { icon: typeof List; label: string }) {
  return (
    <span className="row" style={{ gap: 5 }}>
      <Icon size={14} aria-hidden />
      {label}
    </span>
  )
}

function UndoRedo({ draft }: { draft: DraftState }) {
  const t = useWords('orchestrate')
  return (
    <>
      <Tooltip label={`${t('undo')} (Ctrl+Z)`} openDelay={400}>
        <ActionIcon variant="transparent" color="gray" aria-label={t('undo')} disabled={!draft.canUndo} onClick={draft.undo}>
          <Undo2 size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${t('redo')} (Ctrl+Shift+Z)`} openDelay={400}>
        <ActionIcon variant="transparent" color="gray" aria-label={t('redo')} disabled={!draft.canRedo} onClick={draft.redo}>
          <Redo2 size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
