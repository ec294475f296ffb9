/**
 * Parts of the daemon measured alone, by JMH ({@code ./benchmark --micro}): records, checksums, the
 * hand-over to the main loop.
 */
package io.sanlockd.bench.micro;
