import { again, api } from '../api.ts'

/** What has changed on a person's page after something was recorded. */
export const activitiesChanged = () => again(api.activities.key(), api.history.key(), api.leads.get.key())

/** What has changed after something became of a task. */
export const tasksChanged = () => again(api.tasks.key(), api.history.key())
