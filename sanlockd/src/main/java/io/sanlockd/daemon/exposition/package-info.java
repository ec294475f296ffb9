/**
 * Tells monitoring systems what the daemon counts: OpenMetrics text over a Unix socket and, where
 * wanted, over HTTP on the loopback address. Off by default, and then nothing of it is loaded. Has
 * one thread of its own; of the main loop it asks for one {@link
 * io.sanlockd.daemon.exposition.LoopView} at a time and never makes it wait.
 */
package io.sanlockd.daemon.exposition;
