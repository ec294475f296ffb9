/**
 * One small class for each command of the socket protocol: decode, check, act, encode. Commands run
 * on the main loop; those that need a disk hand that part to a worker and go on when it is done.
 * {@link io.sanlockd.daemon.command.Dispatcher} decides which command a request is, whether it may
 * run, and for which process (protocol.md 4 to 6).
 */
package io.sanlockd.daemon.command;
