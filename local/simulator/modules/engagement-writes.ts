import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { jsonReply } from '../api-reply.ts';
import { uuidOf } from '../data/model.ts';
import { type PendingWrite, pendingWrite } from '../pending-write.ts';
import { readObject } from '../read-body.ts';
import type { Route } from '../route.ts';
import { findProblems, type Schema } from '../schema-check.ts';

export const ENGAGEMENT_WRITE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/l/engagement_api/action',
    // The vendor documents the scope for reading here too.
    access: { scopes: ['engagement/read'], type: 'engagement' },
    handle: createAction,
  },
];

const OPTIONAL_ID: Schema = { type: ['string', 'null'] };
const ACTION: Schema = {
  type: 'object',
  properties: {
    description: { type: 'string' },
    campaignId: { type: 'integer' },
    themeId: OPTIONAL_ID,
    channelId: OPTIONAL_ID,
  },
  required: ['description', 'campaignId'],
};

/** Number of themes. The API does not list themes; only those of the generated actions exist. */
const THEMES = 5;

function createAction(call: ApiCall): PendingWrite {
  const { model, sets } = call.world;
  const body = readObject(call);
  const { description, campaignId, themeId = null, channelId = null } = body;
  const channels = sets.channel.all();
  const isChannel = channels
    .slice(0, channels.length)
    .some((id) => sets.channel.get(id)?.channelId === channelId);
  const isTheme = Array.from({ length: THEMES }, (_, index) => uuidOf(model, 'theme', index + 1)).includes(
    String(themeId),
  );
  const problems = [
    ...findProblems(body, ACTION, call.switches),
    ...(campaignId === undefined || sets.campaign.has(Number(campaignId)) ? [] : ['Unknown campaign']),
    ...(themeId === null || isTheme ? [] : ['Unknown theme']),
    ...(channelId === null || isChannel ? [] : ['Unknown channel']),
  ];
  if (problems.length > 0) {
    throw new ApiError(400, ...problems);
  }
  return pendingWrite(() =>
    jsonReply(
      {
        actionId: sets.engagementAction.create({
          description,
          campaign: campaignId,
          theme: themeId,
          channel: channelId,
        }),
      },
      201,
    ),
  );
}
