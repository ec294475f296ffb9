/**
 * Supervision of our own leases and what follows when one is lost (recovery.md): processes are
 * stopped before anybody else may take over. Main loop only.
 */
package io.sanlockd.daemon.recovery;
