/**
 * The link of each lockspace with the watchdog daemon (wdmd.md 9, 11). It is armed after our delta
 * lease was written and before any process may use the lockspace, moved on by each successful
 * renewal, and disarmed only when every process that used the lockspace is gone. Whatever goes
 * wrong in between leaves it armed.
 */
package io.sanlockd.daemon.watchdog;
