/**
 * Commands for those who operate a lock manager, which the C program does not have: {@code
 * explain}, {@code plan}, {@code doctor}, {@code fsck}, {@code top}, {@code flight}, and the
 * evidence behind a refusal. {@link io.sanlockd.cli.operate.OperateCommands} is the way in.
 *
 * <p>Nothing here is on the path of the compatible actions: these classes, and picocli with them,
 * are loaded when one of the commands is used or a request was refused. They read: the daemon's
 * answers to requests that change nothing, files of the system, and leases through descriptors that
 * can not write.
 *
 * <p>Text is Unicode inside and becomes UTF-8 in {@link io.sanlockd.cli.operate.Console}; names
 * from the wire or the disk have one char for each byte and are read as UTF-8 by {@link
 * io.sanlockd.cli.operate.Bytes}.
 */
package io.sanlockd.cli.operate;
