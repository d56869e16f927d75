// XML out, by small templates that escape, and XML in, without entities, document types or anything that could grow.

import { XMLParser, XMLValidator } from 'fast-xml-parser';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

// oxlint-disable-next-line no-control-regex -- these are exactly the characters that XML 1.0 cannot carry.
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Characters that XML cannot carry become U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(UNWRITABLE, '\ufffd').replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

/** `<Tag>text</Tag>`, or nothing when the value is undefined. */
export function leaf(tag: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${tag}>${escapeXml(String(value))}</${tag}>`;
}

/** `<Tag>children</Tag>`. */
export function node(tag: string, ...children: readonly string[]): string {
  return `<${tag}>${children.join('')}</${tag}>`;
}

export function document(tag: string, namespace: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${tag} xmlns="${namespace}">${children.join('')}</${tag}>`;
}

/** An element read from a request: text, or elements by name in the order they came. */
export interface Element {
  readonly text: string;
  all(name: string): readonly Element[];
  one(name: string): Element | undefined;
  /** The text of the one child of that name. */
  value(name: string): string | undefined;
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] ?? whole;
    const code = name.startsWith('#x') ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function wrap(raw: unknown): Element {
  const fields = typeof raw === 'object' && raw !== null ? new Map<string, unknown>(Object.entries(raw)) : new Map<string, unknown>();
  const all = (name: string): readonly Element[] => {
    const found = fields.get(name);
    return found === undefined ? [] : (Array.isArray(found) ? found : [found]).map(wrap);
  };
  return {
    text: typeof raw === 'string' ? unescapeXml(raw) : '',
    all,
    one: (name) => all(name)[0],
    value: (name) => all(name)[0]?.text,
  };
}

/** The root element if it has that name, else what is wrong with the text. */
export function readXml(text: string, root: string): Element | { readonly problem: string } {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return { problem: 'a document type is not allowed' };
  if ((text.match(/</g)?.length ?? 0) > 50_000) return { problem: 'too many elements' };
  const valid = XMLValidator.validate(text);
  if (valid !== true) return { problem: `${valid.err.msg} at line ${String(valid.err.line)}` };
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    parseTagValue: false,
    processEntities: false,
    trimValues: true,
  });
  try {
    const parsed = wrap(parser.parse(text)).one(root);
    return parsed ?? { problem: `the root element is not ${root}` };
  } catch (fault) {
    return { problem: fault instanceof Error ? fault.message : 'it cannot be read' };
  }
}
