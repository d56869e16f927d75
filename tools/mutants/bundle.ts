// A copy of the source as it is now, and bundles of it in which one file is another. Types are stripped by the same esbuild that tsx
// uses.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, transformSync } from 'esbuild';

/** Undefined when it is not even a program. */
export function stripped(text: string): string | undefined {
  try {
    return transformSync(text, { loader: 'ts', format: 'esm', legalComments: 'none' }).code;
  } catch {
    return undefined;
  }
}

export class Copy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'resus-mutants-'));

  constructor() {
    cpSync('src', join(this.#folder, 'src'), { recursive: true });
    cpSync('tools', join(this.#folder, 'tools'), { recursive: true });
    symlinkSync(resolve('node_modules'), join(this.#folder, 'node_modules'));
    writeFileSync(join(this.#folder, 'package.json'), '{"type":"module"}');
    mkdirSync(join(this.#folder, 'out'));
  }
  read(path: string): string {
    return readFileSync(join(this.#folder, path), 'utf8');
  }
  /** The runner with this text in the place of that file; the path of one file that needs nothing beside it. */
  async bundle(name: string, changed?: { readonly path: string; readonly text: string }): Promise<string> {
    const outfile = join(this.#folder, 'out', `${name}.mjs`);
    const changedPath = changed === undefined ? undefined : join(this.#folder, changed.path);
    await build({
      entryPoints: [join(this.#folder, 'tools/mutants/runner.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      plugins: [
        {
          name: 'mutant',
          setup(on) {
            on.onLoad({ filter: /\.ts$/ }, ({ path }) =>
              path === changedPath ? { contents: changed?.text ?? '', loader: 'ts' } : undefined,
            );
          },
        },
      ],
    });
    return outfile;
  }
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
