import { Checkbox, TextInput } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { ViewState } from './views.ts'

type View = Awaited<ReturnType<typeof client.views.create>>

/** Gives a name to how a list looks now. */
export function SaveView({
  list,
  state,
  onClose,
  onSaved,
}: {
  list: 'leads' | 'companies' | 'deals' | 'visitors'
  state: ViewState
  onClose: () => void
  onSaved: (view: View) => void
}) {
  const l = useWords('lists')
  const toast = useToasts()
  const { may } = useSession()
  const form = useProblemForm({ initialValues: { name: '', shared: false } })
  const done = (view: View) => {
    void again(api.views.key())
    toast.done(l('viewSaved'))
    onClose()
    onSaved(view)
  }
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={l('saveView')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send((values) => client.views.create({ list, state, ...values }), done)}
    >
      <TextInput label={l('viewName')} required maxLength={80} data-autofocus {...form.getInputProps('name')} />
      {may('leads.write') && <Checkbox label={l('shareView')} {...form.getInputProps('shared', { type: 'checkbox' })} />}
    </FormDrawer>
  )
}
