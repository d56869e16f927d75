// Environments of one product: exactly one of them is the production, and only training gives way.
import type { Product } from '../core/estate.ts';
import type { Declaration, Resolving } from './kinds/kind.ts';
import { quoted } from './problem.ts';

type Spec = { readonly product?: Product };

export function checkProducts(all: readonly Declaration<Spec>[], resolving: Resolving): void {
  const byProduct = new Map<string, Declaration<Spec>[]>();
  for (const each of all) {
    const { product } = each.spec;
    if (product === undefined) continue;
    byProduct.set(product.name, [...(byProduct.get(product.name) ?? []), each]);
    if (product.evictable && product.environment !== 'training' && !each.holes.has('/spec/product/environment'))
      resolving.say(each, {
        pointer: '/spec/product/evictable',
        code: 'EVICTABLE_NEEDED',
        message: `${quoted(each.name)} is the ${product.environment} of ${quoted(product.name)}, and nothing may evict that`,
        remedy: 'leave `evictable` out; only training may give way',
      });
  }
  for (const [product, environments] of byProduct) {
    if (environments.some(({ holes }) => holes.has('/spec/product/environment') || holes.has('/spec/product/name'))) continue;
    const productions = environments.filter((each) => each.spec.product?.environment === 'production');
    const at = productions[1] ?? (productions.length === 0 && resolving.isWhole ? environments[0] : undefined);
    if (at === undefined) continue;
    resolving.say(at, {
      pointer: '/spec/product/environment',
      code: 'PRODUCTION_COUNT',
      message: `product ${quoted(product)} has ${productions.length === 0 ? 'no' : `${productions.length}`} production${productions.length > 1 ? 's' : ''}`,
      remedy: 'give exactly one workload of it `environment: production`',
    });
  }
}
