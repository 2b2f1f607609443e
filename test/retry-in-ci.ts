/**
 * On a shared machine a test can fail for the machine's reasons. In CI it is then run once more, and both failures are shown; by hand a failure is a failure.
 */
if (process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });
