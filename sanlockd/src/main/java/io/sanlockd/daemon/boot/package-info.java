/**
 * Starting the daemon: options, run directory, lock file, and the wiring of all rooms. The only
 * place that constructs things (recovery.md 11).
 */
package io.sanlockd.daemon.boot;
