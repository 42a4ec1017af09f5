/// <reference types="vite/client" />

/** The composed contract without its schemas: only method and path of each endpoint (made by vite.config.ts). */
declare module 'virtual:contract' {
  export const contract: object
}
