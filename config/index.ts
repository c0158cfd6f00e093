/**
 * All that a config file imports, under the name of this package.
 *
 * @example
 * import { contactMoments, defineConfig } from 'procurios-sync';
 */
export * from './catalogue/operations.ts';
export * from './catalogue/paging.ts';
export * from './catalogue/streams.ts';
export * from './define-config.ts';
