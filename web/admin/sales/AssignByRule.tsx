import { Menu } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Run = Parameters<typeof client.assignment.run>[0]

/** Gives the chosen leads, or all that a filter matches, their owners by the rules; the toast takes it back. */
export function AssignByRule({
  ids,
  filter,
  isAll,
  onDone,
}: {
  ids: readonly string[]
  filter: object
  isAll: boolean
  onDone: () => void
}) {
  const t = useWords('assignment')
  const toast = useToasts()
  const { may } = useSession()
  if (!may('assignment.write')) return null
  const run = async () => {
    try {
      const { runId, changed } = await client.assignment.run({ reassign: true, ...(isAll ? { filter } : { ids: [...ids] }) } as Run)
      const reread = () => again(api.leads.key(), api.assignment.key())
      await reread()
      if (runId) toast.undo(t('ran', { n: changed }), () => client.assignment.undo({ id: runId }).then(reread))
      else toast.done(t('ranNone'))
      onDone()
    } catch (error) {
      toast.failed(error)
    }
  }
  return <Menu.Item onClick={() => void run()}>{t('byRule')}</Menu.Item>
}
