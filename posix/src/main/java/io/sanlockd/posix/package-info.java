/**
 * Linux system calls as small typed Java methods, for x86-64 and aarch64. Facts only, no policy.
 *
 * <p>Conventions of the package:
 *
 * <ul>
 *   <li>Calls that are expected to succeed throw {@link io.sanlockd.posix.PosixException}
 *       otherwise. Calls whose failure is an everyday outcome ({@code read}, {@code accept}, {@code
 *       kill}) return it as a negative errno instead, so that no exception is built on a hot path.
 *   <li>EINTR is retried unless the method says otherwise.
 *   <li>Descriptors are plain {@code int}s made with close-on-exec unless the method says
 *       otherwise; whoever made one closes it.
 *   <li>Strings given to the kernel are encoded as UTF-8 and must not contain a NUL.
 * </ul>
 */
package io.sanlockd.posix;
