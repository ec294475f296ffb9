/**
 * Small programs that take leases. Each is given a lease as {@code LOCKSPACE:RESOURCE:PATH:OFFSET}
 * and finds its daemon through SANLOCK_RUN_DIR; the lockspace must be joined. What a program does
 * is in its {@code main}.
 */
package io.sanlockd.examples;
