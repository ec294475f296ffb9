/** Random input for the daemon as a whole. */
package io.sanlockd.daemon.fuzz;
