/**
 * Two programs with which one host has another reset, through a lockspace that both have joined
 * (consumers.md 9, cli.md 10, wdmd.md 10).
 *
 * <p>{@link io.sanlockd.reset.SanlkResetd} listens for events: asked for a reset it lets the
 * watchdog fire and answers every host of the lockspace that it does. {@link
 * io.sanlockd.reset.SanlkReset} sends the event to a host and waits until that host is certainly
 * gone. Decisions are in {@link io.sanlockd.reset.ResetDaemon} and {@link
 * io.sanlockd.reset.HostReset}, which know neither sockets nor clocks; the seams are {@link
 * io.sanlockd.reset.LockManager} and {@link io.sanlockd.reset.Watchdog}.
 *
 * <p>Each program has one thread that decides. A thread for each lockspace waits for events and
 * hands them over through {@link io.sanlockd.reset.MainQueue}.
 */
package io.sanlockd.reset;
