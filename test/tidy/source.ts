// Reads the tree as text, for rules that no compiler knows. A file is a path and its text, so that a planted violation is tested
// by the same functions.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

export type File = { readonly path: string; readonly text: string };
export type Import = { readonly spec: string; readonly kind: 'value' | 'type' | 'dynamic' };

const notOurs = new Set(['node_modules', 'dist', '.git', 'resus-demo']);

/** Every file of these folders, with `/` in its path, in order. */
export function filesIn(folders: readonly string[], extension = '.ts'): File[] {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path).split(sep).join('/')))
    .filter((path) => path.endsWith(extension) && !path.split('/').some((part) => notOurs.has(part)) && statSync(path).isFile())
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

const statements = [/^\s*(?:import|export)\s+(type\s+)?[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm, /^\s*import\s+()['"]([^'"]+)['"]/gm] as const;
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const fixed = statements.flatMap((statement) =>
    [...code.matchAll(statement)].map(([, type, spec = '']): Import => ({ spec, kind: type ? 'type' : 'value' })),
  );
  const late = [...code.matchAll(/(\btypeof\s+)?\bimport\(\s*['"]([^'"$]+)['"]/g)].map(([, type, spec = '']): Import => ({
    spec,
    kind: type ? 'type' : 'dynamic',
  }));
  return [...fixed, ...late];
}
/** The path that a relative import means, from the top of the tree. */
export const resolved = (from: string, spec: string): string =>
  normalize(join(dirname(from), spec))
    .split(sep)
    .join('/');

/** Comments become blanks; line numbers stay. */
export const withoutComments = (text: string): string => blanked(text, false);
/** Comments, texts and regular expressions become blanks: what is left is said by the code itself. */
export const codeOf = (text: string): string => blanked(text, true);

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?{};>]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
function blanked(text: string, andTexts: boolean): string {
  return text.replaceAll(token, (found) => {
    const isComment = found.startsWith('//') || found.startsWith('/*');
    if (!isComment && !andTexts) return found;
    // What a template computes is code too.
    const computed = found.startsWith('`') ? [...found.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code).join(' ') : '';
    return computed + found.replaceAll(/[^\n]/g, '').padStart(1);
  });
}
export const lineCount = ({ text }: File): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
