import type { RunReceipt } from '../core/receipt.ts';
import { ACCESS_REFUSALS } from './access-refusals.ts';
import type { Metrics } from './metrics.ts';

/** Puts out what a run came to; its streams' counts are out by then, slice by slice. */
export function putRunMetrics(metrics: Metrics, { status, streams }: RunReceipt): void {
  const receipts = Object.values(streams);
  const codes = receipts.flatMap(({ error }) => error?.code ?? []);
  metrics.count({
    runComplete: status === 'complete' ? 1 : 0,
    runFailed: status === 'failed' ? 1 : 0,
    streamsIncomplete: receipts.filter((receipt) => receipt.status === 'incomplete').length,
    rejects: receipts.reduce((sum, { rejected }) => sum + rejected, 0),
    accessRefused: codes.filter((code) => ACCESS_REFUSALS.has(code)).length,
    throttled: codes.filter((code) => code === 'THROTTLED').length,
  });
}
