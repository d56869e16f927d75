// A value of a draft, with where it comes from as the comment beside it.

export type Known = { readonly value: string; readonly because: string };
export const known = (value: string, because: string): Known => ({ value, because });
export const isKnown = (value: unknown): value is Known =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'value,because';
