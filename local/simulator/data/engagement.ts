import { dateAfter } from './dates.ts';
import { drawsFor, type Model, uuidOf } from './model.ts';
import type { Fields } from './object-set.ts';

export function buildEngagementAction(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'engagementAction', id);
  return {
    code: id,
    description: `${draws.pick(['Petitie', 'Handtekening', 'Inschrijving', 'Gift'])} ${id}`,
    campaign: draws.between(1, model.counts.campaigns),
    theme: draws.chance(80) ? uuidOf(model, 'theme', draws.between(1, 5)) : null,
    channel: draws.chance(80) ? uuidOf(model, 'channel', draws.between(1, model.counts.channels)) : null,
  };
}

export function buildCampaign(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'campaign', id);
  const startDate = dateAfter('2018-01-01', draws.below(2800));
  return {
    campaignId: id,
    title: `${draws.pick(['Voorjaarsactie', 'Schone lucht', 'Ledenwerving', 'Kerstactie'])} ${id}`,
    description: draws.chance(60) ? 'Landelijke campagne' : '',
    startDate,
    endDate: draws.chance(60) ? dateAfter(startDate, draws.between(20, 200)) : null,
  };
}

const CHANNELS = [
  ['Nieuwsbrief', 'Newsletter'],
  ['Website', 'Website'],
  ['Telefoon', 'Telephone'],
  ['Straat', 'Street'],
  ['Sociale media', 'Social media'],
  ['Post', 'Mail'],
] as const;

/** Builds a channel. Its English title is in `title_en`, which is never shown under that name. */
export function buildChannel(model: Model, id: number): Fields {
  const [title, title_en] = CHANNELS[id - 1] ?? [`Kanaal ${id}`, `Channel ${id}`];
  return { channelId: uuidOf(model, 'channel', id), title, title_en };
}
