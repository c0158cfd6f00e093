import { MODULES } from '../../config/catalogue/modules.ts';
import type { StreamInput } from '../../config/define-config.ts';
import { quoted } from '../quoted.ts';
import type { Offer } from './discovery.ts';

/**
 * The options about deletes of a stream, as they are written in a config. The catalogue chooses the same, but the operator should see
 * what will be marked as deleted.
 *
 * @param offers - All streams of the config.
 */
export function deletesTexts(offer: Offer, offers: readonly Offer[]): string[] {
  const archive = archiveOf(offer, offers);
  return [
    `deletes: ${quoted(deletesOf(offer))}`,
    ...(archive === undefined ? [] : [`archive: ${quoted(archive.name)}`]),
  ];
}

function deletesOf({ factory, paging }: Offer): NonNullable<StreamInput['deletes']> {
  const { deletes = 'report' } = MODULES.find((module) => module.factory === factory)?.stream ?? {};
  const isLinkedOnly = paging?.startsWith('linkedPages(') ?? false;
  return deletes === 'fromWalk' && isLinkedOnly ? 'report' : deletes;
}

/** The stream that names the relations of a collection once they are archived; undefined if the config has none. */
function archiveOf({ factory, key }: Offer, offers: readonly Offer[]): Offer | undefined {
  // Another key of a collection may be another number than the relation's id.
  if (factory !== 'relationCollection' || key !== undefined) return undefined;
  return offers.find((offer) => offer.factory === 'archivedRelations');
}
