/** Moves blocking work off the main loop and its results back onto it. */
package io.sanlockd.daemon.work;
