// One scenario: the bar above, the tabs, and the panel of the tab that is open. The draft lives here, so no tab loses it.
import { Tabs } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { AT_EXITS, problemsOf, SEEN_BY_SERVER } from '#loop/orchestrate/check/contract.ts'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Meeting } from '../parts/Meeting.tsx'
import { useSearchOf } from '../parts/search.ts'
import { oneOf, viewOf } from '../parts/view.ts'
import { problemOf } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { Editor } from './Editor.tsx'
import { EditorTools } from './EditorTools.tsx'
import { EditorTop } from './EditorTop.tsx'
import { GOAL } from './edit.ts'
import type { ViewKind } from './editorProps.ts'
import { TABS } from './tabs.ts'
import { type DraftState, useDraft } from './useDraft.ts'
import { useNumbers } from './useNumbers.ts'

const view = viewOf({
  tab: oneOf(
    TABS.map(({ key }) => key),
    'edit',
  ),
})

export function ScenarioFrame({ detail }: { detail: ScenarioDetail }): ReactNode {
  const { may } = useSession()
  const canEdit = may('scenarios.write')
  const draft = useDraft(detail)
  const numbers = useNumbers(detail.id)
  const [search, setSearch] = useSearchOf(view)
  const [shownAs, setShownAs] = useState<ViewKind>('canvas')
  const [selected, setSelected] = useState<string | null>(null)
  const problems = useMemo(
    // Exits have no node of their own: they are set where the goal is.
    () =>
      [...problemsOf(draft.graph), ...detail.problems.filter((one) => SEEN_BY_SERVER.includes(one.code))].map((one) =>
        one.at === AT_EXITS ? { ...one, at: GOAL } : one,
      ),
    [draft.graph, detail.problems],
  )
  const show = (id: string) => {
    setSearch({ tab: 'edit' })
    setSelected(id)
  }
  const Panel = TABS.find(({ key }) => key === search.tab)?.panel
  return (
    <>
      <EditorTop
        detail={detail}
        draft={draft}
        problems={problems}
        active={[...numbers.waiting.values()].reduce((a, b) => a + b, 0)}
        canEdit={canEdit}
        onShow={show}
      />
      <SaveTrouble draft={draft} />
      <TabBar tab={search.tab} onTab={(tab) => setSearch({ tab })}>
        {!Panel && <EditorTools draft={draft} view={shownAs} onView={setShownAs} canEdit={canEdit} />}
      </TabBar>
      {Panel ? (
        <Panel id={detail.id} detail={detail} draft={draft} canEdit={canEdit} />
      ) : (
        <Editor
          detail={detail}
          draft={draft}
          numbers={numbers}
          problems={problems}
          canEdit={canEdit}
          view={shownAs}
          selected={selected}
          onSelect={setSelected}
        />
      )}
    </>
  )
}

/** Why the draft could not be saved, and the ways out. */
function SaveTrouble({ draft }: { draft: DraftState }): ReactNode {
  if (!draft.failed) return null
  if (problemOf(draft.failed)?.code !== 'scenario.changed')
    return (
      <div className="trouble">
        <ErrorNote error={draft.failed} retry={draft.retry} />
      </div>
    )
  return (
    <div className="trouble">
      <Meeting error={draft.failed} onTheirs={() => void draft.meet('theirs')} onMine={() => void draft.meet('mine')} />
    </div>
  )
}

type TabKey = (typeof TABS)[number]['key']

function TabBar({ tab, onTab, children }: { tab: TabKey; onTab: (tab: TabKey) => void; children: ReactNode }) {
  const t = useWords('orchestrate')
  return (
    <div className="tab-bar sc-tabs">
      <Tabs value={tab} onChange={(to) => onTab((to ?? 'edit') as TabKey)}>
        <Tabs.List aria-label={t('tabs.label')}>
          {TABS.map(({ key }) => (
            <Tabs.Tab key={key} value={key}>
              {t(`tabs.${key}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {children}
    </div>
  )
}
