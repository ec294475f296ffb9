/**
 * Keeps what happens in the daemon in a file of fixed size that survives the end of the process and
 * the reset of the host (format: {@code io.sanlockd.model.flight}).
 *
 * <p>Producers put an event into a bounded queue in memory, which neither waits nor allocates; one
 * thread writes and flushes. Urgent events wake it at once, so the record of an escalation step is
 * on its way to the disk before the step is done; the step never waits for it. What is certain
 * after a reset is therefore all that came before the last step or two, unless the local disk was
 * sick, too: then the queue fills up and what does not fit is counted.
 *
 * <p>The file is written with pwrite and fdatasync, not through a mapping. A store into a mapped
 * page of a file system that is frozen, full of dirty pages or sick waits in a page fault, and a
 * Java thread that waits there holds up the next garbage collection and with it every other thread,
 * renewals included: five seconds of a frozen ext4 were 4.5 seconds without any Java (measured). In
 * a system call it holds up nobody, and what the kernel has taken survives our end all the same.
 */
package io.sanlockd.daemon.flight;
