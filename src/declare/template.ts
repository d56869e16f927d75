// Where the expressions are in a text: `http://${{ to.name }}/x` has one, from `${{` to the next `}}`. An expression that
// needs two closing braces in a row writes a space between them.

export type Part =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'expression'; readonly body: string; readonly start: number };
/** `start` is the offset of the body in the text. `unclosed` is the offset of a `${{` that never ends. */
export type Template = { readonly parts: readonly Part[]; readonly whole: boolean; readonly unclosed?: number };

export const hasExpression = (text: string): boolean => text.includes('${{');

/** `whole`: the text is one expression and nothing else, so that its value keeps its type. */
export function template(text: string): Template {
  const parts: Part[] = [];
  let at = 0;
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', at)) {
    if (open > at) parts.push({ kind: 'text', text: text.slice(at, open) });
    const close = text.indexOf('}}', open + 3);
    if (close < 0) return { parts, whole: false, unclosed: open };
    parts.push({ kind: 'expression', body: text.slice(open + 3, close), start: open + 3 });
    at = close + 2;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return { parts, whole: parts.length === 1 && parts[0]?.kind === 'expression' };
}
