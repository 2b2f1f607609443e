'use strict';

// Loaded into n8n's process before anything else. The trigger tells of an outage when it has lasted five minutes: that wait, and no other, is ten seconds
// here. That it is five minutes otherwise is shown in test/faults/elsewhere/outage.test.ts.
const FIVE_MINUTES = 5 * 60_000;
const HERE = 10_000;
const timeout = AbortSignal.timeout.bind(AbortSignal);

AbortSignal.timeout = (milliseconds) => timeout(milliseconds === FIVE_MINUTES ? HERE : milliseconds);
