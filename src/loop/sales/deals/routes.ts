import { serve } from '#kernel/serve.ts'
import { dealsContract } from './contract.ts'
import { board, get, list, numbers, stages } from './reads.ts'
import { addPerson, create, lose, move, remove, removePerson, reopen, restore, saveStages, update, win } from './service.ts'

export const dealsRoutes = serve(dealsContract, {
  list,
  board,
  numbers,
  stages,
  saveStages,
  get,
  create,
  update,
  move,
  win,
  lose,
  reopen,
  addPerson,
  removePerson,
  remove,
  restore,
})
