/**
 * Machinery for tests with real processes: a fake watchdog device that any program can open, and
 * the C wdmd in a world of its own. Shared with the integration tests.
 */
package io.sanlockd.wdmd.testing;
