/**
 * The helper process: what the daemon can not do after it gave up root, or must not wait for.
 *
 * <p>The daemon writes 512-byte {@link io.sanlockd.helper.HelperMessage messages} to the helper's
 * standard input: send a signal, run a killpath program, write a number to a sysfs file. Nothing is
 * acknowledged. The helper writes a 4-byte {@link io.sanlockd.helper.HelperStatus status} to its
 * standard output when it starts and every 30 seconds, so that the daemon can notice a helper that
 * is stuck. It ends when its standard input ends, and for no other reason: signals that a terminal
 * or a service manager sends to the whole process group must not take away the daemon's means to
 * kill (recovery.md 8).
 *
 * <p>A daemon that gives up root first starts a {@link io.sanlockd.helper.HelperKeeper keeper},
 * which starts the helper, and another one when it is killed: the daemon itself could not make it
 * root any more.
 *
 * <p>This module uses the JDK only: the smallest JVM that can kill.
 */
package io.sanlockd.helper;
