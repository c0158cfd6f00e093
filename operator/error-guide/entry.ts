/** The explanation of an error code. Names and commands stand in backticks. */
export interface GuideEntry {
  /** What happened, in one line. */
  readonly happened: string;
  /** What to do, in one line; empty if there is nothing to do. */
  readonly remedy: string;
  /** The cause, and what the program does by itself. */
  readonly meaning: string;
  /** Where to see more, one sentence each. */
  readonly look: readonly string[];
  /** What to do, the likeliest remedy first. */
  readonly steps: readonly string[];
}

/** For `look`. */
export const RUN_DOCTOR = '`npx procurios-sync doctor` checks everything and names each fix.';

/** For `remedy`. Only a deployment starts pulls by itself. */
export const PULL_AGAIN = 'pull again; a scheduled pull does so by itself';

/** For `steps`. */
export const NEXT_PULL_RESUMES =
  'Pull again, which resumes where this pull stopped: `npx procurios-sync pull`. In AWS the next scheduled pull does so by itself.';
