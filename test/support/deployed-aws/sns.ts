import type { Handler } from '../http-server.ts';
import { answerAsXml, type Refusals, Refused, refuseIfTold } from './refusals.ts';

/** What SNS says in place of, or as, the ARN of a subscription. */
export type SubscriptionState = 'confirmed' | 'PendingConfirmation' | 'Deleted';

/** So few that a list is cut into pages. */
const SUBSCRIPTIONS_PER_PAGE = 1;

/**
 * Stands in for SNS: the query protocol, answered in XML.
 *
 * @param topics - The subscriptions of each topic, by its ARN.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export function sns(topics: ReadonlyMap<string, SubscriptionState[]>, refusals: Refusals): Handler {
  return ({ body }, response) => {
    const parameters = new URLSearchParams(body);
    const action = parameters.get('Action') ?? '';
    answerAsXml(response, action, 'http://sns.amazonaws.com/doc/2010-03-31/', () => {
      refuseIfTold(refusals, `sns:${action}`);
      if (action !== 'ListSubscriptionsByTopic') {
        throw new Refused('InvalidAction', `the stand-in for SNS does not know ${action}`);
      }
      const topic = parameters.get('TopicArn') ?? '';
      const found = topics.get(topic);
      if (found === undefined) throw new Refused('NotFound', 'Topic does not exist', 404);
      const start = Number(parameters.get('NextToken') ?? 0);
      const end = start + SUBSCRIPTIONS_PER_PAGE;
      const members = found.slice(start, end).map((state, index) => {
        const arn = state === 'confirmed' ? `${topic}:${start + index}` : state;
        return `<member><SubscriptionArn>${arn}</SubscriptionArn><Protocol>email</Protocol></member>`;
      });
      const next = end < found.length ? `<NextToken>${end}</NextToken>` : '';
      return `<Subscriptions>${members.join('')}</Subscriptions>${next}`;
    });
  };
}
