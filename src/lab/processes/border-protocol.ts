// What the parent says to a border process on its standard input and hears on its standard output, one JSON value a line.

/** Where a connection ends: a UNIX socket or a TCP address. `null`: nobody is there, connections are accepted and closed. */
export type Inside = { readonly path: string } | { readonly host: string; readonly port: number } | null;

/** A door listens outside and leads inside. */
export type Door = {
  readonly id: string;
  readonly at: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly to: Inside;
};

export type BorderOrder = { readonly open: Door } | { readonly route: string; readonly to: Inside };
/** Without `error`, the door is open. */
export type BorderAnswer = { readonly id: string } | { readonly id: string; readonly error: string; readonly code: string };

/** Connections that wait to be accepted. Small, because taking the site away silently means to fill it. */
export const BACKLOG = 32;
