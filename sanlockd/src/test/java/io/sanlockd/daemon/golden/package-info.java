/**
 * Conversations recorded with the C daemon, played against this one. What differs from run to run
 * is masked as the README beside the recordings says.
 */
package io.sanlockd.daemon.golden;
