/** Makes it later in the process that it is imported into first: by `SHIFT_CLOCK_MS`. */
const { now } = Date;
const laterMs = Number(process.env.SHIFT_CLOCK_MS);
Date.now = () => now() + laterMs;
